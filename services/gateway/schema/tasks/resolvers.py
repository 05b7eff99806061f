import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.replies import ListTasks, TaskRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.inbox.resolvers import patient_number
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.paging import Connection, connection_of, page_wanted

KIND: Final = "StaffTask"


async def tasks_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[TaskRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    kind = args.get("kind")
    listed: PrivateList[TaskRecord] = PrivateList("tasks", lambda task: (task.opened_at, task.id))
    wanted = page_wanted(args)
    page = await request.client.ask(
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
