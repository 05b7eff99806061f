"""What a dispatch context needs of clinics, their plan versions, their senders and their holds."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import time
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.catalog import Channel
from services.contracts.clinic_hours import OpeningHours
from services.reminders.clinics.storage.senders import select_senders, traits_of
from services.reminders.core.claim import Claim
from services.reminders.core.holds import Hold
from services.reminders.core.senders import Account, SenderAddress, SenderTraits, lacks
from services.reminders.database.precompiled import Precompiled, parameter, struct_row
from services.reminders.database.tables import clinic, hold, plan_version
from services.reminders.database.unnest import table_of, values_of

PlanKey = tuple[int, int]  # (clinic id, plan version id)


class ClinicRow(msgspec.Struct, frozen=True):
    """A clinic; fields are columns, in order."""

    id: int
    name: str
    phone: str | None
    country: str
    emergency_number: str
    time_zone: str
    locale: str
    quiet_start: time
    quiet_end: time
    opening_hours: tuple[OpeningHours, ...]
    out_of_hours: str | None


class PlanVersionRow(msgspec.Struct, frozen=True):
    """A plan version as it is stored; `content` is encoded. Fields are columns, in order."""

    clinic_id: int
    id: int
    slug: str
    version: int
    content: bytes


class SenderRow(msgspec.Struct, frozen=True):
    address: SenderAddress
    traits: SenderTraits


class SendersOfClinics:
    """The senders of some clinics, default ones first.

    If `is_strict`, a sender that lacks what a law or a contract requires cannot be used.
    """

    def __init__(
        self, rows: defaultdict[tuple[int, Channel], list[SenderRow]], *, is_strict: bool
    ) -> None:
        self._rows = rows
        self._is_strict = is_strict

    def usable(self, claim: Claim) -> tuple[SenderAddress, ...]:
        return tuple(
            row.address
            for row in self._rows[claim.clinic_id, claim.channel]
            if not (self._is_strict and lacks(row.traits, claim.purpose))
        )

    def lack(self, claim: Claim) -> str | None:
        """Why the clinic's first sender cannot be used; None if it can."""
        rows = self._rows[claim.clinic_id, claim.channel] if self._is_strict else []
        lacking = (min(lacks(row.traits, claim.purpose), default=None) for row in rows)
        return next(lacking, None)


def read_clinics(connection: sa.Connection, claims: Sequence[Claim]) -> dict[int, ClinicRow]:
    ids = list({claim.clinic_id for claim in claims})
    return {row.id: row for row in _clinics()(connection, clinics=ids)}


def read_plan_versions(
    connection: sa.Connection, keys: Collection[PlanKey]
) -> list[PlanVersionRow]:
    values = values_of(
        "want", clinic_id=[clinic_id for clinic_id, _ in keys], id=[id_ for _, id_ in keys]
    )
    return _plan_versions()(connection, **values)


def read_senders(
    connection: sa.Connection, clinic_ids: Collection[int], *, is_strict: bool
) -> SendersOfClinics:
    """Read the senders of all these clinics. One without a country has its clinic's."""
    rows = defaultdict[tuple[int, Channel], list[SenderRow]](list)
    for row in connection.execute(select_senders(clinic_ids)):
        rows[row.clinic_id, row.channel].append(SenderRow(_sender_address(row), traits_of(row)))
    return SendersOfClinics(rows, is_strict=is_strict)


def read_holds(connection: sa.Connection) -> list[Hold]:
    """Read all holds that are not released; there are few."""
    names = ("id", "clinic_id", "channel", "provider", "plan", "plan_version")
    columns = [hold.c[name] for name in names]
    standing = sa.select(*columns).where(hold.c.released_at.is_(None))
    return [Hold(**row) for row in connection.execute(standing).mappings()]


@cache
def _clinics() -> Precompiled[ClinicRow]:
    columns = (clinic.c[name] for name in ClinicRow.__struct_fields__)
    clinics = sa.any_(parameter("clinics", ARRAY(sa.BigInteger)))
    return Precompiled(sa.select(*columns).where(clinic.c.id == clinics), _clinic_row)


def _clinic_row(*columns: Any) -> ClinicRow:  # noqa: ANN401 - of several types
    return msgspec.convert(dict(zip(ClinicRow.__struct_fields__, columns, strict=True)), ClinicRow)


@cache
def _plan_versions() -> Precompiled[PlanVersionRow]:
    want = table_of("want", "clinic_id", "id")
    columns = (plan_version.c[name] for name in PlanVersionRow.__struct_fields__)
    statement = sa.select(*columns).where(
        plan_version.c.clinic_id == want.c.clinic_id, plan_version.c.id == want.c.id
    )
    return Precompiled(statement, struct_row(statement, PlanVersionRow))


def _sender_address(row: sa.Row[*tuple[Any, ...]]) -> SenderAddress:
    return SenderAddress(
        id=row.id,
        provider=row.provider,
        address=row.address,
        account=Account(row.account, row.secret_file) if row.account else None,
        opt_out_way=None if row.is_two_way else row.opt_out_way,
        postal_address=row.postal_address,
    )
