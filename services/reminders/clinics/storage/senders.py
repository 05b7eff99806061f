"""The addresses that clinics send from."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.catalog import Channel, Purpose
from services.contracts.senders import SenderRecord
from services.reminders.clinics.domain.sender import Sender
from services.reminders.core.claim import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import Account, SenderAddress, SenderTraits, lacks
from services.reminders.database.tables import clinic, sender


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

    def lack(self, claim: Claim) -> Reason | None:
        """What keeps the clinic's first sender from being used, where something does."""
        entries = self._entries[claim.clinic_id, claim.channel] if self._is_strict else []
        found = (min(lacks(entry.traits, claim.purpose), default=None) for entry in entries)
        return next(found, None)


class SenderRepository:
    """In one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, clinic_id: int, new: Sender) -> SenderRecord:
        """Add an address or change its traits; the first of a channel is its default."""
        values = msgspec.structs.asdict(new)
        values["is_default"] = new.is_default or not self._has_default(clinic_id, new.channel)
        if new.is_default:
            self._connection.execute(
                sa.update(sender)
                .where(sender.c.clinic_id == clinic_id, sender.c.channel == new.channel)
                .values(is_default=False)
            )
        key = ("clinic_id", "channel", "provider", "address")
        traits = {name: value for name, value in values.items() if name not in key}
        if not new.is_default:
            del traits["is_default"]
        put = self._connection.execute(
            insert(sender)
            .values(clinic_id=clinic_id, **values)
            .on_conflict_do_update(index_elements=key, set_=traits)
            .returning(sender.c.id)
        )
        found = self._connection.execute(_of([clinic_id]).where(sender.c.id == put.scalar_one()))
        return _record(found.one())

    def list(self, clinic_id: int | None) -> tuple[SenderRecord, ...]:
        """Of one clinic, or of all; default ones first."""
        statement = _of(None if clinic_id is None else [clinic_id])
        return tuple(map(_record, self._connection.execute(statement)))

    def _has_default(self, clinic_id: int, channel: Channel) -> bool:
        default = sa.exists().where(
            sender.c.clinic_id == clinic_id, sender.c.channel == channel, sender.c.is_default
        )
        return self._connection.execute(sa.select(default)).scalar_one()


def read_senders(
    connection: sa.Connection, clinic_ids: Collection[int], *, is_strict: bool
) -> SenderBook:
    """One query for all; a sender without a country is in its clinic's."""
    entries = defaultdict[tuple[int, Channel], list[_Entry]](list)
    for row in connection.execute(_of(clinic_ids)):
        entries[row.clinic_id, row.channel].append(_Entry(_address(row), traits_of(row)))
    return SenderBook(entries, is_strict=is_strict)


def _of(clinic_ids: Collection[int] | None) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(sender, clinic.c.country.label("clinic_country"))
        .join(clinic, clinic.c.id == sender.c.clinic_id)
        .where(sa.true() if clinic_ids is None else sender.c.clinic_id.in_(clinic_ids))
        .order_by(sender.c.clinic_id, sender.c.is_default.desc(), sender.c.id)
    )


def _record(row: sa.Row[*tuple[Any, ...]]) -> SenderRecord:
    traits = traits_of(row)
    return SenderRecord(
        id=row.id,
        clinic_id=row.clinic_id,
        channel=row.channel,
        provider=row.provider,
        address=row.address,
        is_default=row.is_default,
        country=traits.country,
        is_two_way=row.is_two_way,
        account=row.account,
        secret_file=row.secret_file,
        data_agreement=row.data_agreement,
        opt_out_way=row.opt_out_way,
        postal_address=row.postal_address,
        lacks=tuple(sorted(lacks(traits, Purpose.CARE))),
    )


def _address(row: sa.Row[*tuple[Any, ...]]) -> SenderAddress:
    account = Account(row.account, row.secret_file) if row.account else None
    return SenderAddress(
        id=row.id,
        provider=row.provider,
        address=row.address,
        account=account,
        opt_out_way=None if row.is_two_way else row.opt_out_way,
        postal_address=row.postal_address,
    )


def traits_of(row: sa.Row[*tuple[Any, ...]]) -> SenderTraits:
    return SenderTraits(
        channel=row.channel,
        country=row.country or row.clinic_country,
        is_two_way=row.is_two_way,
        data_agreement=row.data_agreement,
        opt_out_way=row.opt_out_way,
        postal_address=row.postal_address,
    )
