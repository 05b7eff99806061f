from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts import catalog
from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import EnrollmentRecord, ReminderRecord
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.catalog import snapshot_of
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.lookup import one_of
from services.gateway.schema.paging import Connection, connection_of, page_wanted
from services.gateway.schema.reminders.listing import ReminderQuery, list_reminders_together
from services.gateway.schema.texts import is_plain
from services.gateway.snapshot.snapshot import LocalizedEntry

KIND: Final = "Enrollment"
_OF_CLINIC: Final[PrivateList[EnrollmentRecord]] = PrivateList(
    "enrollments", lambda each: (each.procedure_at, each.id)
)


async def enrollment_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EnrollmentRecord | None]:
    wanted = one_of(args, "id", "reference")
    calls = request.calls.reminders
    if wanted == "reference":
        reference = args["reference"]
        is_usable = is_plain(reference)
        return [await calls.find_enrollment(request.scope, reference) if is_usable else None]
    number = ids.decode_number(KIND, args["id"])
    return [None] if number is None else list(await calls.get_enrollments(request.scope, [number]))


async def enrollments_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EnrollmentRecord]]:
    given = args.get("filter") or {}
    wanted = page_wanted(args)
    texts = (given.get("plan") or "", given.get("visit_reference") or "")
    version = given.get("plan_version")
    if not all(map(is_plain, texts)) or (version is not None and version < 0):
        return [connection_of([], has_next=False, has_previous=False)]
    status, state = given.get("status"), given.get("procedure_state")
    page = await request.calls.enrollments.find(
        FindEnrollments(
            scope=request.scope,
            status=None if status is None else tuple(status),
            procedure_state=None if state is None else tuple(state),
            plan=given.get("plan"),
            plan_version=version,
            procedure_after=given.get("procedure_after"),
            procedure_before=given.get("procedure_before"),
            visit_reference=given.get("visit_reference"),
            first=limit_of(wanted),
            after=_OF_CLINIC.start(wanted, request),
        )
    )
    return [_OF_CLINIC.connection(page.items, wanted, request, has_more=page.has_more)]


def plans_of(
    enrollments: Sequence[EnrollmentRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[LocalizedEntry[catalog.AftercarePlan]]:
    """The pinned plans, in the locales they were pinned in."""
    snapshot = snapshot_of(request)
    return [snapshot.edition(each.plan.served_locale).localize(each.plan) for each in enrollments]


async def reminders_of(
    enrollments: Sequence[EnrollmentRecord], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[ReminderRecord] | FieldRefused]:
    """One list for each enrollment, all in one ask."""
    status = args.get("status")
    queries = [
        ReminderQuery(
            name=f"enrollment:{each.id}:reminders",
            enrollment_id=each.id,
            status=None if status is None else tuple(status),
        )
        for each in enrollments
    ]
    return await list_reminders_together(queries, args, request)
