"""A row for any table, made from its columns: whatever must be there, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_VALUES: dict[type[Any], Any] = {
    sa.BigInteger: 1,
    sa.Boolean: False,
    sa.DateTime: LONG_AGO,
    sa.Integer: 1,
    sa.LargeBinary: b"x",
    sa.SmallInteger: 1,
    sa.Text: "x",
}


def add_any_row(connection: sa.Connection, table: sa.Table) -> None:
    """Add one; what it points to must be there."""
    values = {
        column.name: _value(connection, column)
        for column in table.columns
        if not (column.nullable or column.identity or column.server_default)
    }
    connection.execute(sa.insert(table).values(**values))


def _value(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    others = [key.column for key in column.foreign_keys if key.column.name == "id"]
    if others:
        return connection.execute(sa.select(sa.func.min(others[0]))).scalar_one()
    members = getattr(column.type, "members", None)
    return next(iter(members)) if members else _VALUES[_kind(column)]


def _kind(column: sa.Column[Any]) -> type[Any]:
    return next(kind for kind in _VALUES if type(column.type) is kind)
