"""Moves of messages, and why they were made."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.database.precompiled import columns_of, table_of
from services.reminders.database.tables import decision, outbound


class Decision(msgspec.Struct, frozen=True):
    """A recorded decision."""

    at: datetime
    code: str
    detail: str | None


_COLUMNS = ("outbound_id", "code", "detail", "further")

NOW = sa.select(product_now).scalar_subquery()
"""Product time, read once in a statement, however many rows it writes."""


MessageKey = tuple[int, int]  # (clinic id, outbound id)
MessageKeys = list[MessageKey]

IDLE: Final[dict[str, Any]] = {"owner": None, "lease_until": None, "state_at": product_now}
"""What is stored with a move that leaves a message with no worker."""


def move(
    connection: sa.Connection,
    code: Reason | None,
    *which: sa.ColumnElement[bool],
    **values: Any,  # noqa: ANN401 - columns of several types
) -> MessageKeys:
    """Store `values` in the messages that match, and the reason if there is one.

    Returns the keys of the messages.
    """
    statement = (
        sa.update(outbound)
        .where(*which)
        .values({"state_at": product_now} | values)
        .returning(outbound.c.clinic_id, outbound.c.id)
    )
    moved = [(row.clinic_id, row.id) for row in connection.execute(statement)]
    if code is not None:
        decide(connection, moved, code)
    return moved


def give_up(
    connection: sa.Connection, state: ReminderStatus, code: Reason, *which: sa.ColumnElement[bool]
) -> MessageKeys:
    """End matching messages as SKIPPED or CANCELLED. Returns their keys."""
    return move(connection, code, *which, state=state, state_reason=code, **IDLE)


def decide(connection: sa.Connection, keys: Sequence[MessageKey], code: Reason) -> None:
    """Record why messages moved."""
    if not keys:
        return
    connection.execute(
        sa.insert(decision).values(at=product_now),
        [{"clinic_id": clinic_id, "outbound_id": id_, "code": code} for clinic_id, id_ in keys],
    )


def decide_each(
    connection: sa.Connection, clinic_id: int, decisions: Sequence[tuple[int, Reason, str | None]]
) -> None:
    """Record decisions (outbound id, code, detail) of one clinic, in order.

    Those about one message that follow each other are one row.
    """
    if not decisions:
        return
    rows = [_row(list(some)) for _, some in groupby(decisions, key=itemgetter(0))]
    columns = columns_of("new", rows, *_COLUMNS)
    connection.execute(_DECIDE, {"clinic_id": clinic_id, **columns})


def decisions_of(row: sa.Row[tuple[object, ...]]) -> Iterable[Decision]:
    """Yield the decisions that one row holds, in order."""
    yield Decision(row.at, row.code, row.detail)
    for code, detail in row.further or ():
        yield Decision(row.at, code, detail)


def _row(
    decisions: Sequence[tuple[int, Reason, str | None]],
) -> tuple[int, str, str | None, str | None]:
    (number, code, detail), *others = decisions
    further = [(code, detail) for _, code, detail in others]
    return number, code, detail, msgspec.json.encode(further).decode() if further else None


def _decide_statement() -> sa.Insert:
    new = table_of("new", *_COLUMNS)
    selected = sa.select(
        sa.bindparam("clinic_id", type_=sa.BigInteger()),
        new.c.outbound_id,
        NOW,
        new.c.code,
        new.c.detail,
        new.c.further.cast(JSONB),
    )
    columns = ["clinic_id", "outbound_id", "at", "code", "detail", "further"]
    return sa.insert(decision).from_select(columns, selected)


_DECIDE = _decide_statement()
