"""Wraps every handler in an audit, so that a new ask cannot forget it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.reminders.database.audit_log import AuditRepository
from services.reminders.privacy.usecases.audit import audit_entries


def audited_query(handler: QueryHandler) -> QueryHandler:
    """If the audit cannot be written, the query fails."""

    def query(connection: sa.Connection, questions: Sequence[Any]) -> Sequence[Any]:
        replies = handler(connection, questions)
        entries = [
            entry
            for question, reply in zip(questions, replies, strict=True)
            for entry in audit_entries(question, reply)
        ]
        if entries:
            AuditRepository(connection).note_reads(entries)
        return replies

    return query


def audited_command(handler: CommandHandler) -> CommandHandler:
    """The audit is written in the command's own transaction."""

    def execute(connection: sa.Connection, command: Any, context: CommandContext) -> Any:  # noqa: ANN401 - any kind
        reply = handler(connection, command, context)
        if entries := audit_entries(command, reply, context.command_id):
            AuditRepository(connection).note(entries)
        return reply

    return execute
