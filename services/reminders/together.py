"""Answers many questions of one kind in one ask, as they would be answered one by one."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from services.chassis.answer import QueryHandler
from services.contracts import reminders as asks
from services.contracts.together import (
    ListEnrollmentsTogether,
    ListRemindersTogether,
    RenderRemindersTogether,
)

_ONE_OF: Final[Mapping[type[Any], type[Any]]] = {
    ListRemindersTogether: asks.ListReminders,
    ListEnrollmentsTogether: asks.ListEnrollments,
    RenderRemindersTogether: asks.RenderReminder,
}


def together_readers(readers: Mapping[type[Any], QueryHandler]) -> dict[type[Any], QueryHandler]:
    """Made of the readers for one: what those note and hide, these do."""
    return {kind: _together(readers[one]) for kind, one in _ONE_OF.items()}


def _together(read: QueryHandler) -> QueryHandler:
    def answer(connection: sa.Connection, asked: Sequence[Any]) -> Sequence[Any]:
        replies = iter(read(connection, [one for each in asked for one in each.asks]))
        return [tuple(islice(replies, len(each.asks))) for each in asked]

    return answer
