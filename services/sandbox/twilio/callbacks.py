"""What Twilio posts by itself: status callbacks, and texts that patients send."""

import asyncio
import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec

from services.contracts.sms.segments import count_segments
from services.sandbox.faults import Mishaps
from services.sandbox.mailbox import Channel, Mailbox, Message, Reply, now
from services.sandbox.opt_outs import ANSWERS, OptOuts
from services.sandbox.twilio.errors import special_number
from services.sandbox.webhook_poster import FormPost, WebhookPoster

API_VERSION = "2010-04-01"
INBOUND_PATH = "/webhooks/sms/twilio/inbound"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The only account. `number` stands for the numbers of every messaging service."""

    sid: str
    token: str
    number: str
    inbound_url: str

    def signed_post(self, url: str, form: dict[str, str]) -> FormPost:
        signature = sign(self.token, url, form)
        return FormPost(url=url, form=form, headers={"X-Twilio-Signature": signature})


@dataclass(frozen=True, slots=True)
class Receipts:
    """Moves a text from stage to stage, and posts each stage if a callback is wanted.

    A stage is posted only after the gateway has accepted the one before.
    """

    account: Account
    mailbox: Mailbox
    poster: WebhookPoster
    mishaps: Mishaps

    def follow(self, message: Message, callback: str | None) -> None:
        self.poster.start(self._follow(message, callback, self._stages(message.to)))

    def _stages(self, number: str) -> list[str]:
        final = special_number(number).final
        stages = ["sent"] if final == "sent" else ["sent", final]
        if self.mishaps.reorders_receipts():
            stages.reverse()
        if self.mishaps.doubles_receipts():
            stages = [stage for stage in stages for _ in range(2)]
        return stages

    async def _follow(self, message: Message, callback: str | None, stages: list[str]) -> None:
        reached = message.status
        for stage in stages:
            await asyncio.sleep(self.mishaps.faults.receipts.delay_ms / 1000)
            reached = stage if reached in ("queued", "accepted", "sent") else reached
            self.mailbox.mark(message.id, status=reached)
            if callback:
                await self._post(message, callback, stage, reached)

    async def _post(self, message: Message, callback: str, stage: str, reached: str) -> None:
        post = self.account.signed_post(callback, self._form(message, stage))

        def note(trouble: str) -> None:
            self.mailbox.mark(message.id, status=reached, trouble=trouble)

        await self.poster.deliver(post, note)
        self.mailbox.mark(message.id, status=reached)

    def _form(self, message: Message, stage: str) -> dict[str, str]:
        form = {
            "AccountSid": self.account.sid,
            "ApiVersion": API_VERSION,
            "From": message.sender,
            "MessageSid": message.id,
            "MessageStatus": stage,
            "SmsSid": message.id,
            "SmsStatus": stage,
            "To": message.to,
        }
        failure = special_number(message.to).failure
        return form | {"ErrorCode": str(failure)} if failure and stage != "sent" else form


@dataclass(frozen=True, slots=True)
class Inbound:
    account: Account
    mailbox: Mailbox
    poster: WebhookPoster
    opt_outs: OptOuts

    def send(self, phone: str, text: str, clinic_number: str | None = None) -> Reply:
        """Apply opt-out words, then post the text until the gateway accepts it.

        The text goes to the account's number if `clinic_number` is None.
        """
        reply = Reply(
            id=f"SM{uuid4().hex}",
            phone=phone,
            clinic_number=clinic_number or self.account.number,
            text=text,
            sent_at=now(),
        )
        keyword = self.opt_outs.read(phone, reply.clinic_number, text)
        self.mailbox.put_reply(reply)
        if keyword:
            own_answer = Message(
                id=f"SM{uuid4().hex}",
                channel=Channel.SMS,
                to=phone,
                sender=reply.clinic_number,
                text=ANSWERS[keyword],
                received_at=now(),
                status="delivered",
                is_providers_own=True,
            )
            self.mailbox.add(own_answer)
        self.poster.start(self._post(reply, keyword))
        return reply

    async def _post(self, reply: Reply, keyword: str | None) -> None:
        form = self._form(reply) | ({"OptOutType": keyword} if keyword else {})
        post = self.account.signed_post(self.account.inbound_url, form)

        def note(trouble: str) -> None:
            waiting = f"waiting for the clinic’s gateway: {trouble}"
            self.mailbox.put_reply(msgspec.structs.replace(reply, outcome=waiting))

        await self.poster.deliver(post, note)
        self.mailbox.put_reply(
            msgspec.structs.replace(reply, outcome="received by the clinic", is_taken=True)
        )

    def _form(self, reply: Reply) -> dict[str, str]:
        return {
            "AccountSid": self.account.sid,
            "ApiVersion": API_VERSION,
            "Body": reply.text,
            "From": reply.phone,
            "MessageSid": reply.id,
            "NumMedia": "0",
            "NumSegments": str(count_segments(reply.text).parts),
            "SmsMessageSid": reply.id,
            "SmsSid": reply.id,
            "SmsStatus": "received",
            "To": reply.clinic_number,
        }


def sign(token: str, url: str, params: Mapping[str, str | Sequence[str]]) -> str:
    """Sign a request as Twilio does.

    The signature is the Base64 of an HMAC-SHA1 with the account's token. The signed text is the
    URL, followed by the name and value of each posted parameter, sorted by name. A repeated name
    has its distinct values, sorted.
    https://www.twilio.com/docs/usage/security#validating-requests
    """
    signed = url + "".join(
        name + value for name in sorted(params) for value in _values(params[name])
    )
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _values(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else sorted(set(value))
