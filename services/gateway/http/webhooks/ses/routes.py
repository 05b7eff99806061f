"""The route where Amazon SNS posts the events of Amazon SES."""

from flask import Blueprint, Response

from services.chassis.logs import get_logger
from services.gateway.http.https_get import CannotFetch
from services.gateway.http.webhooks.callbacks import plain_text, refuse_unsigned
from services.gateway.http.webhooks.decoding import json_body
from services.gateway.http.webhooks.mail_events import BadEvent, EventIntake, read_json
from services.gateway.http.webhooks.ses.outcomes import read_event
from services.gateway.http.webhooks.ses.sns import (
    NOTIFICATION,
    NotGenuine,
    SnsMessage,
    SnsMessages,
)

SERVICE = "ses"

log = get_logger(__name__)


def webhooks(messages: SnsMessages, intake: EventIntake) -> Blueprint:
    """Return the route. Only messages of listed topics that SNS has signed are believed."""
    routes = Blueprint(SERVICE, __name__, url_prefix=f"/webhooks/email/{SERVICE}")

    @routes.post("/events")
    def take_message() -> Response:
        try:
            message = read_json(json_body(), SnsMessage)
            messages.check(message)
            if message.type == "SubscriptionConfirmation":
                messages.confirm(message)
                log.info("subscription_confirmed", service=SERVICE)
        except BadEvent:
            return plain_text(400, "Send messages of SNS as JSON, without raw message delivery.")
        except NotGenuine as fault:
            return refuse_unsigned(SERVICE, str(fault))
        except CannotFetch as fault:
            log.warning("cannot_fetch", service=SERVICE, reason=str(fault))
            return plain_text(503, "SNS could not be asked now; send it again.")
        if message.type == NOTIFICATION:
            intake.take([message.message.encode()], read_event)
        return Response(status=200)

    return routes
