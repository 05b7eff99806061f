"""Twilio's create-message call over HTTP.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

import asyncio
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from aiohttp import BasicAuth, web

from services.contracts.sms.segments import count_segments
from services.sandbox.faults import Mishaps, Refusing
from services.sandbox.mailbox import Channel, Mailbox, Message, now
from services.sandbox.opt_outs import OptOuts
from services.sandbox.twilio import errors
from services.sandbox.twilio.callbacks import API_VERSION, Account, Receipts
from services.sandbox.twilio.errors import TwilioError, special_number

PATH = f"/{API_VERSION}/Accounts/{{sid}}/Messages.json"

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000  # seconds

E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 ]{1,11}")
# ASCII without spaces, so that the signed URL is the one posted to
_URL = re.compile(r"https?://[!-~]+")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A text to send. Exactly one of `sender` and `service` is set."""

    to: str
    sender: str | None
    service: str | None
    body: str
    callback: str | None


@dataclass(frozen=True, slots=True)
class MessagesApi:
    """Accepts texts for one account. A text is in the mailbox before the answer is sent."""

    account: Account
    mailbox: Mailbox
    opt_outs: OptOuts
    receipts: Receipts
    mishaps: Mishaps

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(PATH, self.create)

    async def create(self, request: web.Request) -> web.Response:
        try:
            self._authenticate(request)
            if refusal := self.mishaps.refusal():
                await asyncio.sleep(self.mishaps.delay)
                return _refused(refusal)
            form = await request.post()
            order = parse_order({k: value for k, value in form.items() if isinstance(value, str)})
            message = self._take(order)
        except TwilioError as error:
            return _answer(error.status, error.body())
        is_answered = not self.mishaps.loses_reply()
        await asyncio.sleep(self.mishaps.delay)
        if not is_answered and request.transport:
            request.transport.close()
        return _answer(201, msgspec.json.encode(self._resource(order, message)))

    def _authenticate(self, request: web.Request) -> None:
        try:
            sent = BasicAuth.decode(request.headers.get("Authorization", ""))
        except ValueError:
            raise errors.NOT_AUTHENTICATED.copy() from None
        is_account = hmac.compare_digest(sent.login.encode(), self.account.sid.encode())
        if not is_account & hmac.compare_digest(
            sent.password.encode(), self.account.token.encode()
        ):
            raise errors.NOT_AUTHENTICATED.copy()
        if request.match_info["sid"] != self.account.sid:
            raise errors.NO_SUCH_ACCOUNT.copy()

    def _take(self, order: Order) -> Message:
        sender = order.sender or self.account.number
        if refusal := special_number(order.to).refusal:
            raise refusal.copy()
        if self.opt_outs.holds(order.to, sender):
            raise errors.OPTED_OUT.copy()
        message = Message(
            id=f"SM{uuid4().hex}",
            channel=Channel.SMS,
            to=order.to,
            sender=sender,
            text=order.body,
            received_at=now(),
            status="accepted" if order.service else "queued",
        )
        self.mailbox.add(message)
        self.receipts.follow(message, order.callback)
        return message

    def _resource(self, order: Order, message: Message) -> dict[str, object]:
        uri = f"/{API_VERSION}/Accounts/{self.account.sid}/Messages/{message.id}"
        created = format_datetime(message.received_at)
        return {
            "account_sid": self.account.sid,
            "api_version": API_VERSION,
            "body": order.body,
            "date_created": created,
            "date_sent": None,
            "date_updated": created,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": order.sender,
            "messaging_service_sid": order.service,
            "num_media": "0",
            "num_segments": str(count_segments(order.body).parts),
            "price": None,
            "price_unit": "USD",
            "sid": message.id,
            "status": message.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": order.to,
            "uri": f"{uri}.json",
        }


def _refused(refusal: Refusing) -> web.Response:
    error = errors.TOO_MANY_REQUESTS if refusal.status == 429 else errors.UNAVAILABLE  # noqa: PLR2004 - Too Many Requests
    answer = _answer(error.status, error.body())
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _answer(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")


def parse_order(form: Mapping[str, str]) -> Order:
    """Parse a form. Raises TwilioError for the first fault."""
    to, body = form.get("To", ""), form.get("Body", "")
    sender, service = form.get("From") or None, form.get("MessagingServiceSid") or None
    callback = form.get("StatusCallback") or None
    for is_wrong, error in (
        (not to, errors.NO_RECIPIENT),
        (not E164.fullmatch(to), errors.BAD_RECIPIENT),
        (not body.strip(), errors.NO_BODY),
        (len(body) > LONGEST_BODY, errors.BODY_TOO_LONG),
        (callback is not None and not _is_url(callback), errors.BAD_CALLBACK),
        (not _is_validity(form.get("ValidityPeriod", "1")), errors.BAD_VALIDITY),
    ):
        if is_wrong:
            raise error.copy()
    _check_sender(sender, service)
    return Order(
        to=to, sender=None if service else sender, service=service, body=body, callback=callback
    )


def _check_sender(sender: str | None, service: str | None) -> None:
    if service and not _SERVICE.fullmatch(service):
        raise errors.BAD_SERVICE.copy()
    if not sender and not service:
        raise errors.NO_SENDER.copy()
    if sender and not _SENDER.fullmatch(sender):
        raise errors.BAD_SENDER.copy()


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return has_place and _URL.fullmatch(text) is not None


def _is_validity(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text) <= LONGEST_VALIDITY
