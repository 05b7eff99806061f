from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from services.contracts.patients import ListPatients
from services.contracts.reminders import (
    EnrollmentRecord,
    ListEnrollments,
    PatientRecord,
)
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.keyset import (
    Position,
    PrivateList,
    limit_of,
    list_by_time,
    pages_of_many,
)
from services.gateway.schema.paging import Connection, connection_of, page_request
from services.gateway.schema.patients.enums import TimeZoneSource
from services.gateway.schema.texts import is_plain

KIND: Final = "Patient"
_OF_CLINIC: Final[PrivateList[PatientRecord, int]] = PrivateList(
    "patients", lambda patient: (patient.id,), lambda key: int(key[0])
)


async def patients_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[PatientRecord]]:
    paging, search = page_request(args), args.get("search")
    if search is not None and not is_plain(search):
        return [connection_of([], has_next=False, has_previous=False)]
    page = await request.client.ask(
        ListPatients(
            scope=request.scope,
            search=search,
            limit=limit_of(paging),
            after=_OF_CLINIC.start(paging, request),
        )
    )
    return [_OF_CLINIC.connection(page.items, paging, request, has_more=page.has_more)]


def time_zone_source_of(patient: PatientRecord) -> TimeZoneSource:
    return TimeZoneSource.STATED if patient.time_zone_stated else TimeZoneSource.CLINIC


async def enrollments_of(
    patients: Sequence[PatientRecord], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EnrollmentRecord] | FieldRefused]:
    """List the enrollments of each patient, all in one ask."""
    paging, status = page_request(args), args.get("status")

    def question(patient: PatientRecord, after: Position | None) -> ListEnrollments:
        return ListEnrollments(
            scope=request.scope,
            patient_id=patient.id,
            status=None if status is None else tuple(status),
            first=limit_of(paging),
            after=after,
        )

    return await pages_of_many(
        [(_enrollments_of(patient), partial(question, patient)) for patient in patients],
        paging,
        request,
        request.client.ask_many,
    )


def _enrollments_of(patient: PatientRecord) -> PrivateList[EnrollmentRecord, Position]:
    return list_by_time(
        f"patient:{patient.id}:enrollments",
        lambda enrollment: (enrollment.procedure_at, enrollment.id),
    )
