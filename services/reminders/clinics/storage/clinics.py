"""Clinics and the addresses they send from."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.clinic_hours import Closure, OpeningHours
from services.contracts.reminders import ClinicRecord, QuietHours
from services.reminders.clinics.domain.sender import Sender
from services.reminders.clinics.storage.senders import SenderRepository
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.tables import clinic, sender


class ClinicRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def named(self, name: str) -> ClinicRecord | None:
        row = self._named(name).first()
        return clinic_record(row) if row else None

    def add(self, record: ClinicRecord, senders: Sequence[Sender]) -> ClinicRecord:
        """Add and answer with its id; the id given is ignored."""
        added = self._connection.execute(
            insert(clinic)
            .values(
                name=record.name,
                time_zone=record.time_zone,
                locale=record.locale,
                country=record.country,
                emergency_number=record.emergency_number,
                phone=record.phone,
                quiet_start=record.quiet_hours.start,
                quiet_end=record.quiet_hours.end,
                created_at=product_now,
            )
            .on_conflict_do_nothing(index_elements=[clinic.c.name])
            .returning(clinic)
        )
        row = added.first()
        if row is None:  # somebody made it at the same moment
            return clinic_record(self._named(record.name).one())
        book = SenderRepository(self._connection)
        for one in senders:
            book.put(row.id, one)
        return clinic_record(row)

    def _named(self, name: str) -> sa.Result[*tuple[Any, ...]]:
        return self._connection.execute(sa.select(clinic).where(clinic.c.name == name))

    def get(self, ids: Collection[int]) -> Mapping[int, ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).where(clinic.c.id.in_(ids)))
        return {row.id: clinic_record(row) for row in rows}

    def sending_channels(self, clinic_id: int) -> Collection[Channel]:
        """Find the channels that the clinic has an address of its own for."""
        return set(_sending()(self._connection, clinic_id=clinic_id))

    def lock(self, clinic_id: int) -> ClinicRecord | None:
        """Hold a clinic until the transaction ends."""
        held = sa.select(clinic).where(clinic.c.id == clinic_id).with_for_update(key_share=True)
        row = self._connection.execute(held).first()
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
        """End a suspension; answers with the hold it was placed with."""
        row = self._connection.execute(sa.select(clinic).where(clinic.c.id == clinic_id)).one()
        self._connection.execute(
            sa.update(clinic)
            .where(clinic.c.id == clinic_id)
            .values(suspended_at=None, suspension_hold=None)
        )
        hold_id: int | None = row.suspension_hold
        return hold_id

    def every(self) -> Sequence[ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).order_by(clinic.c.id))
        return [clinic_record(row) for row in rows]


def clinic_record(row: Any, *, prefix: str = "") -> ClinicRecord:  # noqa: ANN401 - of any statement
    """Read a clinic from a row whose columns are named with a prefix."""
    found = partial(_column, row, prefix)
    return ClinicRecord(
        id=found("id"),
        name=found("name"),
        time_zone=found("time_zone"),
        locale=found("locale"),
        country=found("country"),
        emergency_number=found("emergency_number"),
        phone=found("phone"),
        quiet_hours=QuietHours(start=found("quiet_start"), end=found("quiet_end")),
        opening_hours=msgspec.convert(found("opening_hours"), tuple[OpeningHours, ...]),
        closures=msgspec.convert(found("closures"), tuple[Closure, ...]),
        out_of_hours=found("out_of_hours"),
        countries=tuple(found("countries")),
        suspended_at=found("suspended_at"),
    )


def _column(row: object, prefix: str, name: str) -> Any:  # noqa: ANN401 - of several types
    return getattr(row, prefix + name)


@cache
def _sending() -> Precompiled[Channel]:
    its = sender.c.clinic_id == parameter("clinic_id", sa.BigInteger)
    return Precompiled(sa.select(sender.c.channel).where(its), Channel)
