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
from services.gateway.schema.keyset import Position, PrivateList, limit_of, pages_together
from services.gateway.schema.paging import Connection, Edge, connection_of, page_wanted
from services.gateway.schema.patients.enums import TimeZoneSource
from services.gateway.schema.texts import is_plain

KIND: Final = "Patient"
_LIST: Final = "patients"


async def patients_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[PatientRecord]]:
    wanted, search = page_wanted(args), args.get("search")
    if search is not None and not is_plain(search):
        return [connection_of([], has_next=False, has_previous=False)]
    after = request.cursors.decode(_LIST, wanted.cursor) if wanted.cursor else None
    page = await request.client.ask(
        ListPatients(
            scope=request.scope,
            search=search,
            limit=limit_of(wanted),
            after=int(after[0]) if after else None,
        )
    )
    kept = page.items[: wanted.size]
    return [
        connection_of(
            [Edge(request.cursors.encode(_LIST, (patient.id,)), patient) for patient in kept],
            has_next=page.has_more or len(page.items) > wanted.size,
            has_previous=wanted.cursor is not None,
        )
    ]


def time_zone_source_of(patient: PatientRecord) -> TimeZoneSource:
    return TimeZoneSource.STATED if patient.time_zone_stated else TimeZoneSource.CLINIC


async def enrollments_of(
    patients: Sequence[PatientRecord], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EnrollmentRecord] | FieldRefused]:
    """One list for each patient, all in one ask."""
    wanted, status = page_wanted(args), args.get("status")

    def question(patient: PatientRecord, after: Position | None) -> ListEnrollments:
        return ListEnrollments(
            scope=request.scope,
            patient_id=patient.id,
            status=None if status is None else tuple(status),
            first=limit_of(wanted),
            after=after,
        )

    return await pages_together(
        [(_enrollments_of(patient), partial(question, patient)) for patient in patients],
        wanted,
        request,
        request.client.ask_many,
    )


def _enrollments_of(patient: PatientRecord) -> PrivateList[EnrollmentRecord]:
    return PrivateList(
        f"patient:{patient.id}:enrollments",
        lambda enrollment: (enrollment.procedure_at, enrollment.id),
    )
