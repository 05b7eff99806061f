from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.contracts.check_ins import EscalationRecord, ListEscalations
from services.contracts.words import CheckInLevel
from services.gateway.cursors import Key
from services.gateway.request import GatewayRequest
from services.gateway.schema.inbox.resolvers import patient_number
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.paging import Connection, connection_of, page_request

KIND: Final = "Escalation"


def _key(escalation: EscalationRecord) -> Key:
    rank = 0 if escalation.level is CheckInLevel.RED else 1
    return rank, escalation.opened_at.isoformat(), escalation.id


def _position(key: Sequence[Any]) -> tuple[int, datetime, int]:
    rank, at, number = key
    return int(rank), datetime.fromisoformat(str(at)), int(number)


_OF_CLINIC: Final = PrivateList("escalations", _key, _position)


async def escalations_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[EscalationRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    level = args.get("level")
    paging = page_request(args)
    page = await request.client.ask(
        ListEscalations(
            scope=request.scope,
            is_open=args.get("open"),
            level=None if level is None else tuple(level),
            patient_id=patient_id,
            limit=limit_of(paging),
            after=_OF_CLINIC.start(paging, request),
        )
    )
    return [
        _OF_CLINIC.connection(page.items, paging, request, has_more=page.has_more, total=page.total)
    ]
