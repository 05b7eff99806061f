"""The addresses that clinics send from."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.reminders.domain.dispatch import Claim
from services.reminders.domain.senders import Account, SenderAddress, SenderTraits, lacks
from services.reminders.storage.tables import clinic, sender


class _Entry(msgspec.Struct, frozen=True):
    address: SenderAddress
    traits: SenderTraits


class SenderBook:
    """The senders of some clinics, default ones first; `is_strict` leaves out those that lack."""

    def __init__(
        self, entries: defaultdict[tuple[int, Channel], list[_Entry]], *, is_strict: bool
    ) -> None:
        self._entries = entries
        self._is_strict = is_strict

    def usable(self, claim: Claim) -> tuple[SenderAddress, ...]:
        return tuple(
            entry.address
            for entry in self._entries[claim.clinic_id, claim.channel]
            if not (self._is_strict and lacks(entry.traits, claim.purpose))
        )

    def lack(self, claim: Claim) -> str | None:
        """What keeps the clinic's first sender from being used, where something does."""
        entries = self._entries[claim.clinic_id, claim.channel] if self._is_strict else []
        found = (min(lacks(entry.traits, claim.purpose), default=None) for entry in entries)
        return next(found, None)


def read_senders(
    connection: sa.Connection, clinic_ids: Collection[int], *, is_strict: bool
) -> SenderBook:
    """One query for all; a sender without a country is in its clinic's."""
    entries = defaultdict[tuple[int, Channel], list[_Entry]](list)
    for row in connection.execute(_of(clinic_ids)):
        entries[row.clinic_id, row.channel].append(_Entry(_address(row), traits_of(row)))
    return SenderBook(entries, is_strict=is_strict)


def _of(clinic_ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(sender, clinic.c.country.label("clinic_country"))
        .join(clinic, clinic.c.id == sender.c.clinic_id)
        .where(sender.c.clinic_id.in_(clinic_ids))
        .order_by(sender.c.is_default.desc(), sender.c.id)
    )


def _address(row: sa.Row[*tuple[Any, ...]]) -> SenderAddress:
    account = Account(row.account, row.secret_file) if row.account else None
    return SenderAddress(id=row.id, provider=row.provider, address=row.address, account=account)


def traits_of(row: sa.Row[*tuple[Any, ...]]) -> SenderTraits:
    return SenderTraits(
        channel=row.channel,
        country=row.country or row.clinic_country,
        is_two_way=row.is_two_way,
        data_agreement=row.data_agreement,
        opt_out_way=row.opt_out_way,
        postal_address=row.postal_address,
    )
