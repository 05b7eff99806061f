"""The addresses that clinics send from."""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.catalog import Channel, Purpose
from services.contracts.senders import SenderRecord
from services.reminders.core.senders import Sender, lacks, traits_of
from services.reminders.core.structs import struct_from
from services.reminders.database.repository import Repository
from services.reminders.database.tables import clinic, sender


class SenderRepository(Repository):
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
        stored = self._connection.execute(
            select_senders([clinic_id]).where(sender.c.id == put.scalar_one())
        )
        return _record(stored.one())

    def list(self, clinic_id: int | None) -> tuple[SenderRecord, ...]:
        """Of one clinic, or of all; default ones first."""
        statement = select_senders(None if clinic_id is None else [clinic_id])
        return tuple(map(_record, self._connection.execute(statement)))

    def _has_default(self, clinic_id: int, channel: Channel) -> bool:
        default = sa.exists().where(
            sender.c.clinic_id == clinic_id, sender.c.channel == channel, sender.c.is_default
        )
        return self._connection.execute(sa.select(default)).scalar_one()


def select_senders(clinic_ids: Collection[int] | None) -> sa.Select[*tuple[Any, ...]]:
    """Select the senders of some clinics, or of all; default ones first."""
    return (
        sa.select(sender, clinic.c.country.label("clinic_country"))
        .join(clinic, clinic.c.id == sender.c.clinic_id)
        .where(sa.true() if clinic_ids is None else sender.c.clinic_id.in_(clinic_ids))
        .order_by(sender.c.clinic_id, sender.c.is_default.desc(), sender.c.id)
    )


def _record(row: sa.Row[*tuple[Any, ...]]) -> SenderRecord:
    traits = traits_of(row, row.clinic_country)
    lacking = tuple(sorted(lacks(traits, Purpose.CARE)))
    return struct_from(SenderRecord, row, country=traits.country, lacks=lacking)
