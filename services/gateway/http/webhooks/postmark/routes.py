"""The route where Postmark posts events, one in each call.

Postmark signs nothing. Its calls have the user and password that are in the webhook's settings.
"""

import base64
import binascii
import hmac
from typing import Final

from flask import Blueprint, Response, request

from services.gateway.http.webhooks.callbacks import plain_text, refuse_unsigned
from services.gateway.http.webhooks.decoding import json_body
from services.gateway.http.webhooks.mail_events import BadEvent, EventIntake, read_json
from services.gateway.http.webhooks.postmark.outcomes import read_event

SERVICE: Final = "postmark"


def webhooks(login: str, intake: EventIntake) -> Blueprint:
    """Return the route; `login` is “user:password”. Without one every call is refused."""
    routes = Blueprint(SERVICE, __name__, url_prefix=f"/webhooks/email/{SERVICE}")

    @routes.post("/events")
    def take_event() -> Response:
        if not login or not _has_login(request.headers.get("Authorization", ""), login):
            return refuse_unsigned(SERVICE, "Send POSTMARK_WEBHOOK_LOGIN as basic authentication.")
        body = json_body()
        try:
            read_json(body, dict[str, object])
        except BadEvent:
            return plain_text(400, "Send one event as a JSON object.")
        intake.take([body], read_event)
        return Response(status=200)  # it repeats a call after any other answer

    return routes


def _has_login(header: str, login: str) -> bool:
    scheme, _, encoded = header.partition(" ")
    try:
        login_sent = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(login_sent, login.encode())
