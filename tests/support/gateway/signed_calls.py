"""Twilio's calls to a gateway of an `ProcessStack`, signed as Twilio signs them."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlencode

from services.chassis.settings import Bind
from services.gateway.http.webhooks import twilio
from tests.support.processes.process_stack import ProcessStack

INBOUND = "/webhooks/sms/twilio/inbound"
STATUS = "/webhooks/sms/twilio/status"


class SignedCalls:
    """One connection, kept open; answers with the status of the gateway's reply."""

    def __init__(self, processes: ProcessStack) -> None:
        self._processes = processes
        bind = Bind.parse(processes.gateway)
        self._connection = http.client.HTTPConnection(bind.host, bind.port, timeout=20)

    def text_in(self, number: int, phone: str, body: str = "STOP") -> int:
        form = {
            "MessageSid": f"SM{number}",
            "From": phone,
            "To": self._processes.env["TWILIO_FROM"],
            "Body": body,
        }
        return self.call(INBOUND, form)

    def call(self, path: str, form: Mapping[str, str]) -> int:
        url = self._processes.env["PUBLIC_URL"] + path
        token = self._processes.env["TWILIO_AUTH_TOKEN"]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": twilio.signature_of(
                token, url, {name: [value] for name, value in form.items()}
            ),
        }
        try:
            self._connection.request("POST", path, urlencode(form), headers)
            with self._connection.getresponse() as reply:
                reply.read()
                return reply.status
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next call opens another
            raise

    def close(self) -> None:
        self._connection.close()
