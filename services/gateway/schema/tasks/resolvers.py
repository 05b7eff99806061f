import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.reminders import EnrollmentRecord, ReminderRecord
from services.contracts.replies import InboundRecord, ListTasks, TaskRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.inbox.resolvers import patient_number
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.paging import Connection, connection_of, page_wanted
from services.gateway.schema.private import by_ids

KIND: Final = "StaffTask"


async def tasks_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[TaskRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    kind = args.get("kind")
    listed: PrivateList[TaskRecord] = PrivateList("tasks", lambda each: (each.opened_at, each.id))
    wanted = page_wanted(args)
    page = await request.calls.replies.list_tasks(
        ListTasks(
            scope=request.scope,
            is_open=args.get("open"),
            kind=None if kind is None else tuple(kind),
            patient_id=patient_id,
            limit=limit_of(wanted),
            after=listed.start(wanted, request),
        )
    )
    found = listed.connection(page.items, wanted, request, has_more=page.has_more)
    return [dataclasses.replace(found, count=lambda: page.total)]


async def enrollments_of(
    tasks: Sequence[TaskRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[EnrollmentRecord | None]:
    found = await by_ids(
        (each.enrollment_id for each in tasks if each.enrollment_id is not None),
        lambda numbers: request.calls.reminders.get_enrollments(request.scope, numbers),
    )
    return [found.get(each.enrollment_id or 0) for each in tasks]


async def reminders_of(
    tasks: Sequence[TaskRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ReminderRecord | None]:
    found = await by_ids(
        (each.reminder_id for each in tasks if each.reminder_id is not None),
        lambda numbers: request.calls.reminders.get_reminders(request.scope, numbers),
    )
    return [found.get(each.reminder_id or 0) for each in tasks]


async def messages_of(
    tasks: Sequence[TaskRecord], _args: Mapping[str, Any], request: GatewayRequest
) -> list[InboundRecord | None]:
    found = await by_ids(
        (each.inbound_id for each in tasks if each.inbound_id is not None),
        lambda numbers: request.calls.replies.get_inbound(request.scope, numbers),
    )
    return [found.get(each.inbound_id or 0) for each in tasks]
