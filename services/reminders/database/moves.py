"""The state table of core/states.py, as a condition of a statement."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from services.contracts.words import ReminderStatus
from services.reminders.core.states import origins
from services.reminders.database.tables import outbound


def is_allowed(
    target: sa.ColumnElement[Any], targets: Iterable[ReminderStatus]
) -> sa.ColumnElement[bool]:
    """Whether a message may move from its state to the one in the column `target`."""
    return sa.or_(
        sa.false(),
        *(
            sa.and_(target == str(state), outbound.c.state.in_(origins(state)))
            for state in sorted(set(targets))
        ),
    )
