"""Adapters that turn a use case into the handler of an ask."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler

UnitOfWork = TypeVar("UnitOfWork")
Ask = TypeVar("Ask")
Command = TypeVar("Command")
Reply = TypeVar("Reply")


def query_handler(
    open_uow: Callable[[sa.Connection], UnitOfWork],
    use_case: Callable[[UnitOfWork, Sequence[Ask]], Sequence[Any]],
) -> QueryHandler:
    """Answer a batch of questions with a use case, in one unit of work."""

    def handle(connection: sa.Connection, asks: Sequence[Ask]) -> Sequence[Any]:
        return use_case(open_uow(connection), asks)

    return handle


def command_handler(
    open_uow: Callable[[sa.Connection], UnitOfWork],
    use_case: Callable[[UnitOfWork, Command], Reply],
    *,
    after_commit: Callable[[Reply], None] | None = None,
) -> CommandHandler:
    """Do a command with a use case, in one unit of work.

    `after_commit` gets the reply once the transaction has committed, and not if it rolls back.
    """

    def handle(connection: sa.Connection, command: Command, context: CommandContext) -> Reply:
        reply = use_case(open_uow(connection), command)
        if after_commit is not None:
            context.after_commit(partial(after_commit, reply))
        return reply

    return handle
