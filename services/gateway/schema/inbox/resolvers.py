from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.replies import InboundRecord, ListInbox
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.keyset import PrivateList, limit_of
from services.gateway.schema.paging import Connection, connection_of, page_wanted

KIND: Final = "InboundMessage"


async def inbox_asked_for(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Connection[InboundRecord]]:
    patient_id = patient_number(args)
    if patient_id == 0:
        return [connection_of([], has_next=False, has_previous=False)]
    listed: PrivateList[InboundRecord] = PrivateList(
        "inbox", lambda message: (message.received_at, message.id)
    )
    wanted = page_wanted(args)
    page = await request.client.ask(
        ListInbox(
            scope=request.scope,
            patient_id=patient_id,
            is_unmatched=args.get("unmatched"),
            limit=limit_of(wanted),
            after=listed.start(wanted, request),
        )
    )
    return [listed.connection(page.items, wanted, request, has_more=page.has_more)]


def patient_number(args: Mapping[str, Any]) -> int | None:
    """None for all patients; 0, which nobody has, for an id that is none of a patient."""
    public_id = args.get("patient_id")
    return None if public_id is None else ids.decode_number("Patient", public_id) or 0
