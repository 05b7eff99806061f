"""Puts together what operators ask when the rules of a time zone have changed."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler
from services.contracts.replanning import ReplanReminders, ReplanReply
from services.reminders.enrollments.storage.waiting_reminders import WaitingReminderRepository
from services.reminders.enrollments.usecases.replan_zones import replan_zones
from services.reminders.unit_of_work import RemindersUnitOfWork


def replanning_commanders(
    open_uow: Callable[[sa.Connection, CommandContext | None], RemindersUnitOfWork],
) -> Mapping[type[Any], CommandHandler]:
    def replan(
        connection: sa.Connection, command: ReplanReminders, context: CommandContext
    ) -> ReplanReply:
        return replan_zones(
            open_uow(connection, context), WaitingReminderRepository(connection), command
        )

    return {ReplanReminders: replan}
