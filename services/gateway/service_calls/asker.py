"""What the gateway needs of the asking client; services.chassis.ask.AskClient is one."""

from typing import Protocol, TypeVar

from services.contracts.ask import Ask

R = TypeVar("R")


class Asker(Protocol):
    async def ask(
        self,
        stream: str,
        question: Ask[R],
        *,
        timeout: float = 3.0,  # noqa: ASYNC109 - part of the question: the answering side judges it
        command_id: str | None = None,
    ) -> R: ...
