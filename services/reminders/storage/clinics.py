"""Clinics and the addresses they send from."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import ClinicRecord, QuietHours
from services.reminders.storage.tables import clinic, sender
from services.reminders.usecases.books import Sender


class ClinicTable:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def named(self, name: str) -> ClinicRecord | None:
        row = self._connection.execute(sa.select(clinic).where(clinic.c.name == name)).first()
        return _record(row) if row else None

    def add(self, record: ClinicRecord, senders: Sequence[Sender]) -> ClinicRecord:
        row = self._connection.execute(
            sa.insert(clinic)
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
            .returning(clinic)
        ).one()
        if senders:
            self._connection.execute(
                sa.insert(sender), [_sender(row.id, one, senders) for one in senders]
            )
        return _record(row)

    def get(self, ids: Collection[int]) -> Mapping[int, ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).where(clinic.c.id.in_(ids)))
        return {row.id: _record(row) for row in rows}

    def every(self) -> Sequence[ClinicRecord]:
        rows = self._connection.execute(sa.select(clinic).order_by(clinic.c.id))
        return [_record(row) for row in rows]


def _sender(clinic_id: int, one: Sender, among: Sequence[Sender]) -> dict[str, Any]:
    first = next(other for other in among if other.channel is one.channel)
    return {
        "clinic_id": clinic_id,
        "channel": one.channel,
        "provider": one.provider,
        "address": one.address,
        "is_default": one is first,
    }


def _record(row: sa.Row[*tuple[Any, ...]]) -> ClinicRecord:
    return ClinicRecord(
        id=row.id,
        name=row.name,
        time_zone=row.time_zone,
        locale=row.locale,
        country=row.country,
        emergency_number=row.emergency_number,
        phone=row.phone,
        quiet_hours=QuietHours(start=row.quiet_start, end=row.quiet_end),
    )
