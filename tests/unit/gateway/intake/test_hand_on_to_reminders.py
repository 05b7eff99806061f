import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

from services.chassis.ask import AskClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.contracts.reminders import RecordReceipt
from services.contracts.words import ReceiptState
from services.gateway.intake.handing_on import RemindersDesk
from services.gateway.intake.items import IntakeItem


class Asker:
    """Replies by the provider's reference in the question; remembers the command ids."""

    def __init__(self, replies: Mapping[str | None, bool | Exception]) -> None:
        self.replies = replies
        self.command_ids: list[str | None] = []

    async def ask(self, _stream: str, question: RecordReceipt, *, command_id: str | None) -> bool:
        self.command_ids.append(command_id)
        reply = self.replies[question.provider_reference]
        if isinstance(reply, Exception):
            raise reply
        return reply


def item(reference: str) -> IntakeItem:
    receipt = RecordReceipt(
        provider="post",
        provider_reference=reference,
        state=ReceiptState.DELIVERED,
        provider_state="delivered",
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    return IntakeItem(uuid4(), receipt)


def hand_on(asker: Asker, items: list[IntakeItem]) -> list[bool]:
    async def go() -> list[bool]:
        desk = RemindersDesk(cast("AskClient", asker), asyncio.get_running_loop())
        return await asyncio.to_thread(desk.hand_on, items)

    return asyncio.run(go())


def test_tells_for_each_row_whether_it_was_taken_over() -> None:
    replies: dict[str | None, bool | Exception] = {
        "news": True,
        "known already": False,
        "late": UpstreamTimeout("x"),
        "full": UpstreamUnavailable("x", 1),
        "broken": UpstreamFailed("x"),
    }
    taken = hand_on(Asker(replies), [item(str(name)) for name in replies])
    assert taken == [True, True, False, False, False]


def test_hands_a_row_on_under_its_own_id() -> None:
    asker, row = Asker({"a": True}), item("a")
    hand_on(asker, [row])
    assert asker.command_ids == [str(row.id)]
