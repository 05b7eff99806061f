"""Decisions about messages: why they are what they are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.clock import product_now
from services.reminders.core.reasons import Reason
from services.reminders.database.tables import decision
from services.reminders.database.unnest import columns_of, table_of


class Decision(msgspec.Struct, frozen=True):
    """A recorded decision."""

    at: datetime
    code: str
    detail: str | None


_COLUMNS = ("outbound_id", "code", "detail", "further")

NOW = sa.select(product_now).scalar_subquery()
"""Product time, read once in a statement, however many rows it writes."""


def decide(connection: sa.Connection, keys: Sequence[tuple[int, int]], code: Reason) -> None:
    """Record why messages (clinic id, outbound id) moved."""
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
