"""Examples of what travels between services, made from the declared types."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

_PLAIN: dict[type[inspect.Type], Any] = {
    inspect.AnyType: {"some": ["thing"]},
    inspect.BoolType: True,
    inspect.BytesType: b"\x00\xff",
    inspect.DateTimeType: datetime(2026, 3, 29, 1, 30, 0, 250, tzinfo=UTC),
    inspect.DateType: date(2028, 2, 29),
    inspect.FloatType: 0.1,
    inspect.IntType: -(2**63),
    inspect.NoneType: None,
    inspect.RawType: msgspec.Raw(msgspec.msgpack.encode("raw")),
    inspect.StrType: "ñ☂",
    inspect.TimeDeltaType: timedelta(days=-1, microseconds=1),
    inspect.TimeType: time(23, 59, 59),
}


def examples(of: Any) -> list[Any]:
    """Values that together use every alternative of every field of a type at least once."""
    return list(_values(inspect.type_info(of)))


def _values(of: inspect.Type) -> Iterator[Any]:
    make = _MAKERS.get(type(of))
    if make is not None:
        yield from make(of)
    else:
        yield _PLAIN[type(of)]


def _alternatives(of: inspect.UnionType) -> Iterator[Any]:
    for type_ in of.types:
        yield from _values(type_)


def _structs(of: inspect.StructType) -> Iterator[Any]:
    choices = {field.name: list(_values(field.type)) for field in of.fields}
    usual = {name: values[0] for name, values in choices.items()}
    yield of.cls(**usual)
    for name, values in choices.items():
        for value in islice(values, 1, None):
            yield of.cls(**{**usual, name: value})


def _members(of: inspect.EnumType) -> Iterator[Enum]:
    yield from of.cls


def _literals(of: inspect.LiteralType) -> Iterator[Any]:
    yield from of.values


def _lists(
    of: inspect.ListType | inspect.SetType | inspect.FrozenSetType | inspect.VarTupleType,
) -> Iterator[Any]:
    collection = _COLLECTIONS[type(of)]
    for value in _values(of.item_type):
        yield collection([value])
    yield collection()


def _tuples(of: inspect.TupleType) -> Iterator[Any]:
    yield tuple(next(_values(type_)) for type_ in of.item_types)


def _dicts(of: inspect.DictType) -> Iterator[Any]:
    keys, values = (list(_values(type_)) for type_ in (of.key_type, of.value_type))
    yield from ({keys[0]: value} for value in values)
    yield {}


_COLLECTIONS: dict[type[inspect.Type], type[Any]] = {
    inspect.FrozenSetType: frozenset,
    inspect.ListType: list,
    inspect.SetType: set,
    inspect.VarTupleType: tuple,
}
_MAKERS: dict[type[inspect.Type], Callable[[Any], Iterator[Any]]] = {
    inspect.DictType: _dicts,
    inspect.EnumType: _members,
    inspect.LiteralType: _literals,
    inspect.StructType: _structs,
    inspect.TupleType: _tuples,
    inspect.UnionType: _alternatives,
    **dict.fromkeys(_COLLECTIONS, _lists),
}
