"""Puts together what operators ask when the rules of a time zone have changed."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, Commander
from services.contracts.replanning import ReplanReminders, ReplanReply
from services.reminders.core.books import Books
from services.reminders.enrollments.storage.waiting_reminders import WaitingTable
from services.reminders.enrollments.usecases.replan_zones import replan_zones


def replanning_commanders(
    open_books: Callable[[sa.Connection, CommandContext | None], Books],
) -> Mapping[type[Any], Commander]:
    def replan(
        connection: sa.Connection, command: ReplanReminders, context: CommandContext
    ) -> ReplanReply:
        return replan_zones(open_books(connection, context), WaitingTable(connection), command)

    return {ReplanReminders: replan}
