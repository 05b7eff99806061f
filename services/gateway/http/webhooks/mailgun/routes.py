"""The route where Mailgun posts events, one in each call."""

from typing import Final

import msgspec
from flask import Blueprint, Response, request

from services.chassis.logs import get_logger
from services.gateway.http.webhooks.callbacks import plain_text, refuse_unsigned
from services.gateway.http.webhooks.decoding import json_body
from services.gateway.http.webhooks.mail_events import BadEvent, EventIntake, read_json
from services.gateway.http.webhooks.mailgun.outcomes import read_event
from services.gateway.http.webhooks.mailgun.signatures import (
    CannotRemember,
    Signature,
    UsedTokens,
    is_genuine,
)

SERVICE: Final = "mailgun"

log = get_logger(__name__)


class _Call(msgspec.Struct, frozen=True):
    signature: Signature
    event_data: msgspec.Raw = msgspec.field(name="event-data")


def webhooks(signing_key: str, used: UsedTokens, intake: EventIntake) -> Blueprint:
    """Return the route. Without a key every call is refused."""
    routes = Blueprint(SERVICE, __name__, url_prefix=f"/webhooks/email/{SERVICE}")

    @routes.post("/events")
    def take_event() -> Response:
        try:
            call = read_json(json_body(), _Call)
        except BadEvent:
            return plain_text(400, "Send JSON with signature and event-data.")
        if not signing_key or not is_genuine(signing_key, call.signature):
            return refuse_unsigned(SERVICE, "The signature does not match MAILGUN_SIGNING_KEY.")
        try:
            if not used.belongs(call.signature.token, request.get_data()):
                return refuse_unsigned(SERVICE, "The token was used for another event.")
        except CannotRemember as fault:
            log.warning("tokens_away", service=SERVICE, reason=str(fault))
            return plain_text(503, "Tokens cannot be checked now; send it again.")
        intake.take([bytes(call.event_data)], read_event)
        return Response(status=200)  # it repeats a call after any other answer

    return routes
