"""Puts an audit around whatever is asked: nobody has to remember it for a new ask."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.reminders.database.audit_log import AuditRepository
from services.reminders.privacy.usecases.audit import entries


def audited_queries(readers: Mapping[type[Any], QueryHandler]) -> dict[type[Any], QueryHandler]:
    return {kind: _audited_reader(reader) for kind, reader in readers.items()}


def audited_commands(
    commanders: Mapping[type[Any], CommandHandler],
) -> dict[type[Any], CommandHandler]:
    return {kind: _audited_commander(commander) for kind, commander in commanders.items()}


def _audited_reader(reader: QueryHandler) -> QueryHandler:
    """What cannot be noted is not told."""

    def read(connection: sa.Connection, questions: Sequence[Any]) -> Sequence[Any]:
        replies = reader(connection, questions)
        noted = [
            entry
            for question, reply in zip(questions, replies, strict=True)
            for entry in entries(question, reply)
        ]
        if noted:
            AuditRepository(connection).note_reads(noted)
        return replies

    return read


def _audited_commander(commander: CommandHandler) -> CommandHandler:
    """In the command's own transaction."""

    def act(connection: sa.Connection, command: Any, context: CommandContext) -> Any:  # noqa: ANN401 - any kind
        reply = commander(connection, command, context)
        if noted := entries(command, reply, context.command_id):
            AuditRepository(connection).note(noted)
        return reply

    return act
