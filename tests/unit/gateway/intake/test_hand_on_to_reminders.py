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
from services.gateway.intake import handing_on
from services.gateway.intake.items import (
    Handed,
    IntakeItem,
    Told,
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


def hand_on(client: Client, items: list[IntakeItem]) -> list[Handed]:
    async def go() -> list[Handed]:
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(handing_on.hand_on, cast("AskClient", client), loop, items)

    return asyncio.run(go())


def test_tells_for_each_row_whether_it_was_taken_over() -> None:
    replies: dict[str | None, bool | Exception] = {
        "news": True,
        "of nothing we know": False,
        "late": UpstreamTimeout("x", 3),
        "full": UpstreamUnavailable("x", 1),
        "broken": UpstreamFailed("x"),
    }
    taken = hand_on(Client(replies), [item(str(name)) for name in replies])
    assert taken == [Handed.TAKEN, *[Handed.LATER] * 4]


def test_hands_a_row_on_under_its_own_id() -> None:
    client, row = Client({"a": True}), item("a")
    hand_on(client, [row])
    assert client.command_ids == [str(row.id)]


def test_a_receipt_of_nothing_we_know_that_is_10_s_old_is_tried_again() -> None:
    assert hand_on(Client({"a": False}), [item("a", age_seconds=10)]) == [Handed.LATER]


def test_a_receipt_of_nothing_we_know_that_is_a_day_old_is_dropped() -> None:
    assert hand_on(Client({"a": False}), [item("a", age_seconds=86_400)]) == [Handed.DROPPED]


def test_a_receipt_is_asked_about_anew_each_time() -> None:
    client, row = Client({"a": False}), item("a", attempts=3)
    hand_on(client, [row])
    assert client.command_ids == [f"{row.id}.3"]


def test_a_text_that_was_recorded_before_is_taken_over_under_its_one_id() -> None:
    told: Told = RecordInbound(
        provider="post",
        channel=Channel.SMS,
        our_address="+12025550100",
        their_address="+12025550101",
        text="hello",
        provider_message_id="SM1",
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    client, row = Client({None: False}), IntakeItem(uuid4(), told, 3, 86_400.0)
    assert hand_on(client, [row]) == [Handed.TAKEN]
    assert client.command_ids == [str(row.id)]


def test_an_answer_from_a_page_that_was_kept_is_handed_on() -> None:
    told = AnswerByLink(clinic_id=7, reminder_id=100, answer="3")
    kept = decode(kind_of(told), encode(told))
    reply = CheckInReply(refusals=(Refusal(code=UserErrorCode.TOO_LATE, message="closed"),))

    taken = hand_on(Client({None: reply}), [IntakeItem(uuid4(), kept)])

    assert (kept, origin_of(kept), taken) == (told, "page", [Handed.TAKEN])
