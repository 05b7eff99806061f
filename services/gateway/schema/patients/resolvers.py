import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.reminders import (
    EnrollmentRecord,
    ListEnrollments,
    PatientRecord,
)
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.lookup import one_of
from services.gateway.schema.paging import Connection, page_wanted
from services.gateway.schema.patients.enums import TimeZoneSource
from services.gateway.schema.texts import is_plain

KIND: Final = "Patient"


async def patient_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientRecord | None]:
    wanted = one_of(args, "id", "reference")
    calls = request.calls.reminders
    if wanted == "reference":
        reference = args["reference"]
        is_usable = is_plain(reference)
        return [await calls.find_patient(request.scope, reference) if is_usable else None]
    number = ids.decode_number(KIND, args["id"])
    return [None] if number is None else list(await calls.get_patients(request.scope, [number]))


def time_zone_source_of(patient: PatientRecord) -> TimeZoneSource:
    return TimeZoneSource.STATED if patient.time_zone_stated else TimeZoneSource.CLINIC


async def enrollments_of(
    patients: Sequence[PatientRecord], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EnrollmentRecord] | BaseException]:
    """One list for each patient: asked all at once, which the service answers as one batch."""
    lists = (_enrollments_of(patient, args, request) for patient in patients)
    return await asyncio.gather(*lists, return_exceptions=True)


async def _enrollments_of(
    patient: PatientRecord, args: Mapping[str, Any], request: GatewayRequest
) -> Connection[EnrollmentRecord]:
    listed: PrivateList[EnrollmentRecord] = PrivateList(
        f"patient:{patient.id}:enrollments", lambda each: (each.procedure_at, each.id)
    )
    wanted = page_wanted(args)
    status = args.get("status")
    page = await request.calls.reminders.list_enrollments(
        ListEnrollments(
            scope=request.scope,
            patient_id=patient.id,
            status=None if status is None else tuple(status),
            first=limit_of(wanted),
            after=listed.start(wanted, request),
        )
    )
    return listed.connection(page.items, wanted, request, has_more=page.has_more)
