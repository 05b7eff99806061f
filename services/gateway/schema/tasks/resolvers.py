from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.replies import ListTasks, TaskRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.inbox.resolvers import patient_number
from services.gateway.schema.keyset import Position, PrivateList, limit_of, list_by_time
from services.gateway.schema.paging import Connection, connection_of, page_request

KIND: Final = "StaffTask"
_OF_CLINIC: Final[PrivateList[TaskRecord, Position]] = list_by_time(
    "tasks", lambda task: (task.opened_at, task.id)
)


async def tasks_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[TaskRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    kind = args.get("kind")
    paging = page_request(args)
    page = await request.client.ask(
        ListTasks(
            scope=request.scope,
            is_open=args.get("open"),
            kind=None if kind is None else tuple(kind),
            patient_id=patient_id,
            limit=limit_of(paging),
            after=_OF_CLINIC.start(paging, request),
        )
    )
    return [
        _OF_CLINIC.connection(page.items, paging, request, has_more=page.has_more, total=page.total)
    ]
