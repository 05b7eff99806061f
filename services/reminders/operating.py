"""Puts together what operators ask: messages in trouble, retries, holds."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from services.chassis.answer import CommandContext, CommandHandler, QueryHandler
from services.contracts import operations as asks
from services.contracts.errors import Refusal
from services.contracts.events import Event, ReminderChanged
from services.reminders.operations.storage.cross_clinic_report import report_everywhere
from services.reminders.operations.storage.operations import OperationRepository
from services.reminders.operations.usecases import operate

Q = TypeVar("Q")
R = TypeVar("R")


def operating_readers() -> Mapping[type[Any], QueryHandler]:
    return {
        asks.ListTroubled: _reader(operate.list_troubled),
        asks.ListHolds: _reader(operate.list_holds),
        asks.ListOperations: _reader(operate.list_operations),
        asks.ReportEverywhere: report_everywhere,
    }


def operating_commanders(publish: Callable[[Event], None]) -> Mapping[type[Any], CommandHandler]:
    return {
        asks.RetryMessages: partial(_retry, publish),
        asks.PlaceHold: _commander(operate.place_hold),
        asks.ReleaseHold: _commander(operate.release_hold),
    }


def _reader(read: Callable[[OperationRepository, Sequence[Q]], Sequence[R]]) -> QueryHandler:
    return lambda connection, questions: read(OperationRepository(connection), questions)


def _commander(act: Callable[[OperationRepository, Q], R]) -> CommandHandler:
    return lambda connection, command, _: act(OperationRepository(connection), command)


def _retry(
    publish: Callable[[Event], None],
    connection: sa.Connection,
    command: asks.RetryMessages,
    context: CommandContext,
) -> asks.RetryReply | Refusal:
    done = operate.retry_messages(OperationRepository(connection), command)
    for clinic_id, outbound_id in done.changed:
        event = ReminderChanged(clinic_id=clinic_id, reminder_id=outbound_id)
        context.after_commit(partial(publish, event))
    return done.reply
