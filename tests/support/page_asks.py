"""The reminders service as pages ask it: one question at a time, and it may be away."""

from collections.abc import Mapping
from typing import Any

from services.chassis.ask import UpstreamTimeout


class PageAsks:
    """Answers by kind of question; a kind it has no answer for is away."""

    def __init__(self, replies: Mapping[type[Any], Any]) -> None:
        self.replies = dict(replies)
        self.asked: list[Any] = []
        self.command_ids: list[str | None] = []

    def __call__(self, question: Any, *, command_id: str | None = None) -> Any:
        self.asked.append(question)
        self.command_ids.append(command_id)
        reply = self.replies.get(type(question))
        if reply is None:
            raise UpstreamTimeout(type(question).stream, 3)
        return reply(question)
