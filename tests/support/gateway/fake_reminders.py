"""A fake of the reminders service for the pages of the gateway."""

from collections.abc import Mapping
from typing import Any

from services.chassis.ask import UpstreamTimeout


class FakeReminders:
    """Replies by the type of the question; a type without a reply times out, as if it were down."""

    def __init__(self, replies: Mapping[type[Any], Any]) -> None:
        self.replies = dict(replies)
        self.questions: list[Any] = []
        self.command_ids: list[str | None] = []

    def __call__(self, question: Any, *, command_id: str | None = None) -> Any:
        self.questions.append(question)
        self.command_ids.append(command_id)
        reply = self.replies.get(type(question))
        if reply is None:
            raise UpstreamTimeout(type(question).stream, 3)
        return reply(question)
