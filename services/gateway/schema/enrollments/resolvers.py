from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts import catalog
from services.contracts.enrollments import FindEnrollments
from services.contracts.reminders import (
    EnrollmentRecord,
    ReminderRecord,
)
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import snapshot_of
from services.gateway.schema.keyset import Position, PrivateList, limit_of, list_by_time
from services.gateway.schema.paging import Connection, connection_of, page_request
from services.gateway.schema.reminders.listing import ReminderQuery, list_reminders_of_many
from services.gateway.schema.texts import is_plain
from services.gateway.snapshot.snapshot import LocalizedEntry

KIND: Final = "Enrollment"
_OF_CLINIC: Final[PrivateList[EnrollmentRecord, Position]] = list_by_time(
    "enrollments", lambda enrollment: (enrollment.procedure_at, enrollment.id)
)


async def enrollments_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EnrollmentRecord]]:
    data = args.get("filter") or {}
    paging = page_request(args)
    texts = (data.get("plan") or "", data.get("visit_reference") or "")
    version = data.get("plan_version")
    if not all(map(is_plain, texts)) or (version is not None and version < 0):
        return [connection_of([], has_next=False, has_previous=False)]
    status, state = data.get("status"), data.get("procedure_state")
    page = await request.client.ask(
        FindEnrollments(
            scope=request.scope,
            status=None if status is None else tuple(status),
            procedure_state=None if state is None else tuple(state),
            plan=data.get("plan"),
            plan_version=version,
            procedure_after=data.get("procedure_after"),
            procedure_before=data.get("procedure_before"),
            visit_reference=data.get("visit_reference"),
            first=limit_of(paging),
            after=_OF_CLINIC.start(paging, request),
        )
    )
    return [_OF_CLINIC.connection(page.items, paging, request, has_more=page.has_more)]


def plans_of(
    enrollments: Sequence[EnrollmentRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[LocalizedEntry[catalog.AftercarePlan]]:
    """Return the plan version of each enrollment, in the locale it was pinned in."""
    snapshot = snapshot_of(request)
    return [
        snapshot.edition(enrollment.plan.served_locale).localize(enrollment.plan)
        for enrollment in enrollments
    ]


async def reminders_of(
    enrollments: Sequence[EnrollmentRecord], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[ReminderRecord] | FieldRefused]:
    """List the reminders of each enrollment, all in one ask."""
    status = args.get("status")
    queries = [
        ReminderQuery(
            name=f"enrollment:{enrollment.id}:reminders",
            enrollment_id=enrollment.id,
            status=None if status is None else tuple(status),
        )
        for enrollment in enrollments
    ]
    return await list_reminders_of_many(queries, args, request)
