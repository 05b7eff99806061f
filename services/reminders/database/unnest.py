"""Many rows of parameters in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

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
    "role": sa.Text(),
    "state": sa.Text(),
    "number": sa.SmallInteger(),
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
