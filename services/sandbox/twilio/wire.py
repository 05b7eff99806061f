"""Twilio's create-message call over HTTP.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import asyncio
import hmac
from base64 import b64decode
from email.utils import format_datetime
from uuid import uuid4

import msgspec
from aiohttp import web

from services.contracts.sms_segments import count_segments
from services.sandbox.faults import Mishaps, Refusing
from services.sandbox.mailbox import Channel, Mailbox, Message, now
from services.sandbox.opt_outs import OptOuts
from services.sandbox.twilio import errors
from services.sandbox.twilio.callbacks import API_VERSION, Account, Receipts
from services.sandbox.twilio.errors import TwilioError
from services.sandbox.twilio.numbers import special_number
from services.sandbox.twilio.orders import Order, parse_order

PATH = f"/{API_VERSION}/Accounts/{{sid}}/Messages.json"


class MessagesApi:
    """Accepts texts for one account. A text is in the mailbox before the answer is sent."""

    def __init__(
        self,
        account: Account,
        mailbox: Mailbox,
        opt_outs: OptOuts,
        receipts: Receipts,
        mishaps: Mishaps,
    ) -> None:
        self._account = account
        self._mailbox = mailbox
        self._opt_outs = opt_outs
        self._receipts = receipts
        self._mishaps = mishaps

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(PATH, self.create)

    async def create(self, request: web.Request) -> web.Response:
        try:
            self._authenticate(request)
            if refusal := self._mishaps.refusal():
                await asyncio.sleep(self._mishaps.delay)
                return _refused(refusal)
            order = parse_order(
                {
                    name: value
                    for name, value in (await request.post()).items()
                    if isinstance(value, str)
                }
            )
            message = self._take(order)
        except TwilioError as error:
            return _answer(error.status, error.body())
        is_answered = not self._mishaps.loses_reply()
        await asyncio.sleep(self._mishaps.delay)
        if not is_answered and request.transport:
            request.transport.close()
        return _answer(201, msgspec.json.encode(self._resource(order, message)))

    def _authenticate(self, request: web.Request) -> None:
        login, password = _credentials(request.headers.get("Authorization", ""))
        is_account = hmac.compare_digest(login, self._account.sid.encode())
        if not is_account & hmac.compare_digest(password, self._account.token.encode()):
            raise errors.NOT_AUTHENTICATED.copy()
        if request.match_info["sid"] != self._account.sid:
            raise errors.NO_SUCH_ACCOUNT.copy()

    def _take(self, order: Order) -> Message:
        sender = order.sender or self._account.number
        if refusal := special_number(order.to).refusal:
            raise refusal.copy()
        if self._opt_outs.holds(order.to, sender):
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
        self._mailbox.add(message)
        self._receipts.follow(message, order.callback)
        return message

    def _resource(self, order: Order, message: Message) -> dict[str, object]:
        uri = f"/{API_VERSION}/Accounts/{self._account.sid}/Messages/{message.id}"
        created = format_datetime(message.received_at)
        return {
            "account_sid": self._account.sid,
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


def _credentials(header: str) -> tuple[bytes, bytes]:
    """Return user and password of Basic authorization (RFC 7617), empty if it is not that."""
    scheme, _, encoded = header.partition(" ")
    try:
        login, _, password = b64decode(encoded, validate=True).partition(b":")
    except ValueError:
        return b"", b""
    return (login, password) if scheme.lower() == "basic" else (b"", b"")


def _refused(refusal: Refusing) -> web.Response:
    error = errors.TOO_MANY_REQUESTS if refusal.status == 429 else errors.UNAVAILABLE  # noqa: PLR2004 - Too Many Requests
    answer = _answer(error.status, error.body())
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _answer(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")
