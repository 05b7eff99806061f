"""Clinics."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.clinic_hours import Closure, OpeningHours
from services.contracts.reminders import ClinicRecord, QuietHours
from services.reminders.clinics.storage.senders import SenderRepository
from services.reminders.core.senders import Sender
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.repository import Repository
from services.reminders.database.tables import clinic, sender

_CREATED_WITH: Final = ("name", "time_zone", "locale", "country", "emergency_number", "phone")
"""Fields of a clinic that are columns and are given when it is created."""

_SET_LATER: Final = ("sms_name", "out_of_hours", "suspended_at")


class ClinicRepository(Repository):
    def by_name(self, name: str) -> ClinicRecord | None:
        row = self._select(name).first()
        return clinic_record(row) if row else None

    def add(self, record: ClinicRecord, senders: Sequence[Sender]) -> ClinicRecord:
        """Add a clinic with its senders. Returns it with its id; the id of `record` is ignored.

        Returns the existing clinic if another transaction has added the name.
        """
        added = self._connection.execute(
            insert(clinic)
            .values(
                **{name: getattr(record, name) for name in _CREATED_WITH},
                quiet_start=record.quiet_hours.start,
                quiet_end=record.quiet_hours.end,
                created_at=product_now,
            )
            .on_conflict_do_nothing(index_elements=[clinic.c.name])
            .returning(clinic)
        )
        row = added.first()
        if row is None:
            return clinic_record(self._select(record.name).one())
        repository = SenderRepository(self._connection, self._vault)
        for new in senders:
            repository.put(row.id, new)
        return clinic_record(row)

    def _select(self, name: str) -> sa.Result[*tuple[Any, ...]]:
        return self._connection.execute(sa.select(clinic).where(clinic.c.name == name))

    def get(self, ids: Collection[int]) -> Mapping[int, ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).where(clinic.c.id.in_(ids)))
        return {row.id: clinic_record(row) for row in rows}

    def sending_channels(self, clinic_id: int) -> Collection[Channel]:
        """The channels that the clinic has a sender for."""
        return set(_sending()(self._connection, clinic_id=clinic_id))

    def lock(self, clinic_id: int) -> ClinicRecord | None:
        """Lock a clinic until the transaction ends."""
        locked = sa.select(clinic).where(clinic.c.id == clinic_id).with_for_update(key_share=True)
        row = self._connection.execute(locked).first()
        return clinic_record(row) if row else None

    def change(self, changed: ClinicRecord) -> None:
        self._connection.execute(
            sa.update(clinic)
            .where(clinic.c.id == changed.id)
            .values(
                emergency_number=changed.emergency_number,
                phone=changed.phone,
                quiet_start=changed.quiet_hours.start,
                quiet_end=changed.quiet_hours.end,
                opening_hours=msgspec.to_builtins(changed.opening_hours),
                closures=msgspec.to_builtins(changed.closures),
                out_of_hours=changed.out_of_hours,
                sms_name=changed.sms_name,
                countries=list(changed.countries),
            )
        )

    def suspend(self, clinic_id: int, hold_id: int) -> None:
        self._connection.execute(
            sa.update(clinic)
            .where(clinic.c.id == clinic_id)
            .values(suspended_at=product_now, suspension_hold=hold_id)
        )

    def resume(self, clinic_id: int) -> int | None:
        """End a suspension. Returns the id of its hold."""
        row = self._connection.execute(sa.select(clinic).where(clinic.c.id == clinic_id)).one()
        self._connection.execute(
            sa.update(clinic)
            .where(clinic.c.id == clinic_id)
            .values(suspended_at=None, suspension_hold=None)
        )
        hold_id: int | None = row.suspension_hold
        return hold_id

    def all(self) -> Sequence[ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).order_by(clinic.c.id))
        return [clinic_record(row) for row in rows]


def clinic_record(row: Any, *, prefix: str = "") -> ClinicRecord:  # noqa: ANN401 - of any statement
    """Read a clinic from a row whose columns are named with a prefix."""
    column = {name: getattr(row, prefix + name) for name in clinic.c.keys()}  # noqa: SIM118 - not a dict
    return ClinicRecord(
        **{name: column[name] for name in ("id", *_CREATED_WITH, *_SET_LATER)},
        quiet_hours=QuietHours(start=column["quiet_start"], end=column["quiet_end"]),
        opening_hours=msgspec.convert(column["opening_hours"], tuple[OpeningHours, ...]),
        closures=msgspec.convert(column["closures"], tuple[Closure, ...]),
        countries=tuple(column["countries"]),
    )


@cache
def _sending() -> Precompiled[Channel]:
    its = sender.c.clinic_id == parameter("clinic_id", sa.BigInteger)
    return Precompiled(sa.select(sender.c.channel).where(its), Channel)
