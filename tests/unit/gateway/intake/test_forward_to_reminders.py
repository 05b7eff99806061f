import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from services.chassis.ask import AskClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.contracts.catalog import Channel
from services.contracts.check_ins import AnswerByLink, CheckInReply
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.words import ReceiptState
from services.gateway.intake import reminders_forwarding
from services.gateway.intake.items import (
    ForwardOutcome,
    IntakeItem,
    IntakePayload,
    decode,
    encode,
    kind_of,
    origin_of,
)


class Client:
    """Replies by the provider's reference in the question; remembers the command ids."""

    def __init__(self, replies: Mapping[str | None, Any]) -> None:
        self.replies = replies
        self.command_ids: list[str | None] = []

    async def ask(self, question: Any, *, command_id: str | None) -> Any:
        self.command_ids.append(command_id)
        reply = self.replies[getattr(question, "provider_reference", None)]
        if isinstance(reply, Exception):
            raise reply
        return reply


def item(reference: str, *, attempts: int = 0, age_seconds: float = 0.0) -> IntakeItem:
    receipt = RecordReceipt(
        provider="post",
        provider_reference=reference,
        state=ReceiptState.DELIVERED,
        provider_state="delivered",
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    return IntakeItem(uuid4(), receipt, attempts, age_seconds)


def forward(client: Client, items: list[IntakeItem]) -> list[ForwardOutcome]:
    async def go() -> list[ForwardOutcome]:
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(
            reminders_forwarding.forward, cast("AskClient", client), loop, items
        )

    return asyncio.run(go())


def test_each_row_has_an_outcome() -> None:
    replies: dict[str | None, bool | Exception] = {
        "news": True,
        "of nothing we know": False,
        "late": UpstreamTimeout("x", 3),
        "full": UpstreamUnavailable("x", 1),
        "broken": UpstreamFailed("x"),
    }
    outcomes = forward(Client(replies), [item(str(name)) for name in replies])
    assert outcomes == [ForwardOutcome.ACCEPTED, *[ForwardOutcome.RETRY] * 4]


def test_forwards_a_row_under_its_own_id() -> None:
    client, row = Client({"a": True}), item("a")
    forward(client, [row])
    assert client.command_ids == [str(row.id)]


def test_a_receipt_of_nothing_we_know_that_is_10_s_old_is_tried_again() -> None:
    assert forward(Client({"a": False}), [item("a", age_seconds=10)]) == [ForwardOutcome.RETRY]


def test_a_receipt_of_nothing_we_know_that_is_a_day_old_is_dropped() -> None:
    assert forward(Client({"a": False}), [item("a", age_seconds=86_400)]) == [
        ForwardOutcome.DROPPED
    ]


def test_a_receipt_gets_a_new_id_with_every_try() -> None:
    client, row = Client({"a": False}), item("a", attempts=3)
    forward(client, [row])
    assert client.command_ids == [f"{row.id}.3"]


def test_a_text_that_was_recorded_before_is_accepted_under_its_one_id() -> None:
    payload: IntakePayload = RecordInbound(
        provider="post",
        channel=Channel.SMS,
        our_address="+12025550100",
        their_address="+12025550101",
        text="hello",
        provider_message_id="SM1",
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    client, row = Client({None: False}), IntakeItem(uuid4(), payload, 3, 86_400.0)
    assert forward(client, [row]) == [ForwardOutcome.ACCEPTED]
    assert client.command_ids == [str(row.id)]


def test_a_stored_answer_from_a_page_is_forwarded() -> None:
    payload = AnswerByLink(clinic_id=7, reminder_id=100, answer="3")
    stored = decode(kind_of(payload), encode(payload))
    reply = CheckInReply(refusals=(Refusal(code=UserErrorCode.TOO_LATE, message="closed"),))

    outcomes = forward(Client({None: reply}), [IntakeItem(uuid4(), stored)])

    assert (stored, origin_of(stored)) == (payload, "page")
    assert outcomes == [ForwardOutcome.ACCEPTED]
