from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.replies import InboundRecord, ListInbox
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.keyset import Position, PrivateList, limit_of, list_by_time
from services.gateway.schema.paging import Connection, connection_of, page_request

KIND: Final = "InboundMessage"
_OF_CLINIC: Final[PrivateList[InboundRecord, Position]] = list_by_time(
    "inbox", lambda message: (message.received_at, message.id)
)


async def inbox_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[InboundRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    paging = page_request(args)
    page = await request.client.ask(
        ListInbox(
            scope=request.scope,
            patient_id=patient_id,
            is_unmatched=args.get("unmatched"),
            limit=limit_of(paging),
            after=_OF_CLINIC.start(paging, request),
        )
    )
    return [_OF_CLINIC.connection(page.items, paging, request, has_more=page.has_more)]


def patient_number(args: Mapping[str, Any]) -> int | None:
    """Return None for all patients, and 0, never a real id, if the id is not a patient's."""
    public_id = args.get("patient_id")
    return None if public_id is None else ids.decode_number("Patient", public_id) or 0
