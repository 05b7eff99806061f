"""Statements compiled once, for what runs for every message or every ask.

SQLAlchemy takes longer to compile a statement, or to find it in its cache, than PostgreSQL takes
to answer it (ADR 19). These are written in SQLAlchemy like all others, compiled when they are first
needed, and then run on the driver's connection. Many rows of parameters are one table of arrays.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import msgspec
import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from services.reminders.database.columns import OneOf

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


TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "action": sa.Text(),
    "actor": sa.Text(),
    "address_index": sa.LargeBinary(),
    "at": sa.DateTime(timezone=True),
    "ignores_opt_out": sa.Boolean(),
    "body_sealed": sa.LargeBinary(),
    "subject_sealed": sa.LargeBinary(),
    "channel": sa.Text(),
    "code": sa.Text(),
    "command_id": sa.Text(),
    "detail": sa.Text(),
    "fields": sa.Text(),
    "further": sa.Text(),
    "kind": sa.Text(),
    "local_due_at": sa.Text(),
    "mode": sa.Text(),
    "outcome": sa.Text(),
    "provider": sa.Text(),
    "purpose": sa.Text(),
    "provider_reference": sa.Text(),
    "reason": sa.Text(),
    "role": sa.Text(),
    "state": sa.Text(),
    "number": sa.SmallInteger(),
    "part": sa.SmallInteger(),
    "text_until": sa.Integer(),
    "spent": sa.SmallInteger(),
    "time_zone": sa.Text(),
    "useful_until": sa.DateTime(timezone=True),
    "due_at": sa.DateTime(timezone=True),
    "lane": sa.SmallInteger(),
    "occasion": sa.SmallInteger(),
    "state_reason": sa.Text(),
    "step_key": sa.Text(),
    "step_kind": sa.Text(),
    "wait_seconds": sa.Double(),
}
"""The types of columns that are not bigint."""


def rows(name: str, **columns: Sequence[Any]) -> sa.TableValuedAlias:
    """Make a table of parameters with unnest(). All columns have one length."""
    return _table(name, {column: list(values) for column, values in columns.items()})


def table_of(name: str, *columns: str) -> sa.TableValuedAlias:
    """Make the table without values, for a statement that is compiled once."""
    return _table(name, dict.fromkeys(columns))


def values_of(name: str, **columns: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the values for a `table_of` this name."""
    return {f"{name}_{column}": list(values) for column, values in columns.items()}


def fields_of(structs: Collection[object], *names: str) -> dict[str, list[Any]]:
    """Return the values of these fields, for `rows` and `values_of`."""
    return {name: [getattr(struct, name) for struct in structs] for name in names}


def columns_of(name: str, rows: Collection[tuple[Any, ...]], *columns: str) -> dict[str, list[Any]]:
    """Return the same from rows, whose values are in the order of the columns."""
    return {
        f"{name}_{column}": [row[place] for row in rows] for place, column in enumerate(columns)
    }


def array_text(values: Sequence[Any]) -> str:
    """Write an array as PostgreSQL reads it. The driver takes many times as long (ADR 19)."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:  # noqa: ANN401 - whatever a column may hold
    match value:
        case None:
            return "null"
        case int() | float():  # so is a bool
            return str(value)
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case datetime():
            return f'"{value.isoformat()}"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def among(
    columns: tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]], pairs: Collection[tuple[Any, Any]]
) -> sa.ColumnElement[bool]:
    """Whether two columns hold one of the pairs. The text is the same for any number of pairs."""
    names = [column.name for column in columns]
    table = rows("among", **{name: [pair[at] for pair in pairs] for at, name in enumerate(names)})
    return sa.tuple_(*columns).in_(sa.select(*(table.c[name] for name in names)))


def _table(name: str, columns: Mapping[str, list[Any] | None]) -> sa.TableValuedAlias:
    arrays = [_array(f"{name}_{column}", column, values) for column, values in columns.items()]
    typed = [sa.column(column, _type(column)) for column in columns]
    return sa.func.unnest(*arrays).table_valued(*typed).render_derived(name=name)


def _array(name: str, column: str, values: list[Any] | None) -> sa.BindParameter[Any]:
    kind = ARRAY(_type(column))
    return sa.bindparam(name, type_=kind) if values is None else sa.bindparam(name, values, kind)


def _type(column: str) -> sa.types.TypeEngine[Any]:
    return TYPES.get(column, sa.BigInteger())
