"""Statements compiled once, for what runs for every message or every ask.

SQLAlchemy takes longer to compile a statement, or to find it in its cache, than PostgreSQL takes
to answer it (ADR 19). These are written in SQLAlchemy like all others, compiled when they are first
needed, and then run on the driver's connection.
"""

from collections import namedtuple
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import msgspec
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from services.reminders.database.columns import OneOf
from services.reminders.database.unnest import array_text

R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)
Returning = sa.SelectBase | ReturningInsert[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]]


def parameter(
    name: str, kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]
) -> sa.BindParameter[Any]:
    """A parameter whose value is passed in each run."""
    return sa.bindparam(name, type_=kind)


def driver_of(connection: sa.Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """The psycopg connection that SQLAlchemy uses. Errors raised by it are psycopg's own."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)


def named(statement: Returning) -> Callable[..., Any]:
    """A row type that is a named tuple of the statement's columns, with enums as members."""
    names = [column.name for column in statement.exported_columns]
    made = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - its fields are known when it runs
    return _with_members(statement, made)


def struct_row(statement: Returning, kind: type[S]) -> Callable[..., S]:
    """A row type that is a struct. Its fields must be the statement's columns, in order."""
    names = tuple(column.name for column in statement.exported_columns)
    if names != kind.__struct_fields__:
        raise TypeError(f"{kind.__name__} has other fields than the statement: {names}")
    if kind.__match_args__ == names:
        return _with_members(statement, kind)
    by_name = lambda *values: kind(**dict(zip(names, values, strict=True)))  # noqa: E731 - a struct of keywords
    return _with_members(statement, by_name)


def _with_members(statement: Returning, make: Callable[..., R]) -> Callable[..., R]:
    members = [
        (place, {str(member): member for member in column.type.members})
        for place, column in enumerate(statement.exported_columns)
        if isinstance(column.type, OneOf)
    ]
    if not members:
        return make

    def row(*values: object) -> R:
        read = list(values)
        for place, by_value in members:
            read[place] = by_value.get(values[place])  # type: ignore[call-overload]  # text, or None
        return make(*read)

    return row


class Precompiled(Generic[R]):
    """A statement compiled once. `row` gets the columns of each row, in order.

    Psycopg reads enums as text; `named` and `struct_row` make members of them. Errors are its own.
    """

    def __init__(self, statement: sa.ClauseElement, row: Callable[..., R]) -> None:
        self.text = str(statement.compile(dialect=_Dialect())).encode()
        self._row = row

    def __call__(self, connection: sa.Connection, **parameters: object) -> list[R]:
        """Run it. A list is an array: a column of a `table_of`."""
        values = {
            name: array_text(value) if isinstance(value, list) else value
            for name, value in parameters.items()
        }
        row = self._row
        cursor = driver_of(connection).execute(self.text, values)
        return [row(*columns) for columns in cursor.fetchall()]


class _Compiler(PGCompiler_psycopg):
    def visit_bindparam(self, bindparam: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Write constants into the text: PostgreSQL then plans partial indexes sooner."""
        if not bindparam.required:
            kwargs["literal_binds"] = True
        return super().visit_bindparam(bindparam, *args, **kwargs)  # type: ignore[no-untyped-call]  # as SQLAlchemy has it


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler
    _backslash_escapes = False  # as in every database with standard_conforming_strings

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
