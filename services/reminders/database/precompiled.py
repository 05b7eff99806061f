"""Statements whose text is made once, for those that run for every message.

Making a statement's text, or only finding it again among those made before, takes longer than
the driver takes to have it answered.
"""

import re
from collections import namedtuple
from collections.abc import Callable
from enum import Enum
from typing import Any, Generic, TypeVar, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.dml import ReturningInsert

from services.reminders.database.columns import OneOf
from services.reminders.database.unnest import array_text

R = TypeVar("R")
_PARAMETER = re.compile(r"%\((\w+)\)s")


def given(
    name: str, kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]
) -> sa.BindParameter[Any]:
    """A parameter that each run gives."""
    return sa.bindparam(name, None, kind)


def driver_of(connection: sa.Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """What SQLAlchemy drives; with it, errors are the driver's own."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)


def named(statement: sa.SelectBase | ReturningInsert[*tuple[Any, ...]]) -> Callable[..., Any]:
    """What makes tuples of a statement's rows, named by its columns, with the members of enums."""
    columns = list(statement.exported_columns)
    members = [
        (place, {str(member): member for member in column.type.members})
        for place, column in enumerate(columns)
        if isinstance(column.type, OneOf)
    ]
    made = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # noqa: PYI024 - its fields are known when it runs

    def row(*values: object) -> object:
        read = list(values)
        for place, by_value in members:
            read[place] = by_value.get(values[place])  # type: ignore[call-overload]  # text, or none
        return made._make(read)

    return row


class Fixed(Generic[R]):
    """A statement that is made once; each row of its answer becomes what `row` makes of it.

    `row` takes the columns in their order, as the driver reads them: members of enums are text.
    It goes to the driver without a detour, so it raises the driver's own errors.
    """

    def __init__(self, statement: sa.ClauseElement, row: Callable[..., R]) -> None:
        compiled = statement.compile(
            dialect=PGDialect_psycopg(),  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
            compile_kwargs={"render_postcompile": True},
        )
        self._constants: dict[str, Any] = {}
        text = _PARAMETER.sub(lambda found: self._constant(found, compiled), str(compiled))
        self.text = text.encode()
        self._row = row

    def __call__(self, connection: sa.Connection, **parameters: object) -> list[R]:
        """Run it; lists among the parameters are the columns of a `table_of`."""
        values = self._constants | {
            name: array_text(value) if isinstance(value, list) else value
            for name, value in parameters.items()
        }
        row = self._row
        cursor = driver_of(connection).execute(self.text, values)
        return [row(*one) for one in cursor.fetchall()]

    def _constant(self, found: re.Match[str], compiled: sa.Compiled) -> str:
        """Write names and numbers into the text: partial indexes are then found sooner."""
        value = (compiled.params or {})[found[1]]
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str):
            return "'" + value.replace("'", "''").replace("%", "%%") + "'"
        self._constants[found[1]] = value
        return found[0]
