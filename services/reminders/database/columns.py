"""Columns, types and constraints that the tables of the reminders service share."""

from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    Named,
    Text,
    TypedColumns,
)

SCHEMA = "reminders"
Member = TypeVar("Member", bound=StrEnum)
Columns = TypeVar("Columns", bound=TypedColumns)


class OneOf(sa.types.TypeDecorator[Member]):
    """A member of an enum, stored as text; `table` adds a CHECK constraint if `is_checked`."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[Member], *, is_checked: bool = True) -> None:
        super().__init__()
        self.members = members
        self.is_checked = is_checked
        self._by_value = {member.value: member for member in members}

    def process_bind_param(self, value: Member | None, dialect: sa.Dialect) -> str | None:
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Member | None:
        del dialect
        return None if value is None else self._by_value[value]


def of(table: str, column: str) -> ForeignKeyConstraint:
    """Reference a row of the same clinic; a reference to another clinic's row is impossible."""
    return ForeignKeyConstraint(
        ["clinic_id", column], [f"{SCHEMA}.{table}.clinic_id", f"{SCHEMA}.{table}.id"]
    )


INSTANT = sa.DateTime(timezone=True)
metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)


def table(name: str, columns: type[Columns], *items: sa.schema.SchemaItem) -> sa.Table[Columns]:
    """Make a table whose enum columns are held to their members by CHECK constraints."""
    made = sa.Table(name, metadata, columns, *items)
    for column in made.columns:
        if isinstance(column.type, OneOf) and column.type.is_checked:
            allowed = ", ".join(f"'{member.value}'" for member in column.type.members)
            made.append_constraint(
                CheckConstraint(f"{column.name} in ({allowed})", name=column.name)
            )
    return made


class Owned(TypedColumns):
    clinic_id: Named[int] = Column(
        BigInteger, ForeignKey(f"{SCHEMA}.clinic.id"), primary_key=True, autoincrement=False
    )
    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)


class Loose(TypedColumns):
    """Like `Owned`, but without a foreign key to the clinic; each table says why."""

    clinic_id: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
