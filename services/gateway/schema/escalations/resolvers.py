import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.contracts.check_ins import EscalationRecord, ListEscalations
from services.contracts.words import CheckInLevel
from services.gateway.request import GatewayRequest
from services.gateway.schema.inbox.resolvers import patient_number
from services.gateway.schema.keyset import limit_of
from services.gateway.schema.paging import (
    Connection,
    Edge,
    PageWanted,
    connection_of,
    page_wanted,
)

KIND: Final = "Escalation"
_LIST: Final = "escalations"


async def escalations_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EscalationRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    level = args.get("level")
    wanted = page_wanted(args)
    page = await request.client.ask(
        ListEscalations(
            scope=request.scope,
            is_open=args.get("open"),
            level=None if level is None else tuple(level),
            patient_id=patient_id,
            limit=limit_of(wanted),
            after=_start(wanted, request),
        )
    )
    kept = page.items[: wanted.size]
    found = connection_of(
        [Edge(_cursor(escalation, request), escalation) for escalation in kept],
        has_next=page.has_more or len(page.items) > wanted.size,
        has_previous=wanted.cursor is not None,
    )
    return [dataclasses.replace(found, count=lambda: page.total)]


def _start(wanted: PageWanted, request: GatewayRequest) -> tuple[int, datetime, int] | None:
    if wanted.cursor is None:
        return None
    rank, at, number = request.cursors.decode(_LIST, wanted.cursor)
    return int(rank), datetime.fromisoformat(str(at)), int(number)


def _cursor(escalation: EscalationRecord, request: GatewayRequest) -> str:
    rank = 0 if escalation.level is CheckInLevel.RED else 1
    position = (rank, escalation.opened_at.isoformat(), escalation.id)
    return request.cursors.encode(_LIST, position)
