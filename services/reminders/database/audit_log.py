"""The audit: one statement stores a batch of entries."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.privacy import AuditKind, AuditRecord
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.database.precompiled import fields_of, table_of, values_of
from services.reminders.database.tables import audit


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One read or change of patient data. `fields` names what was touched, never its values."""

    clinic_id: int
    actor: str
    role: str
    kind: AuditKind
    action: str
    patient_id: int | None
    fields: tuple[str, ...]
    command_id: str | None = None


_COLUMNS = ("clinic_id", "actor", "role", "kind", "action", "patient_id", "fields", "command_id")
_ENTRIES = table_of("entry", *_COLUMNS)
_ROWS = sa.select(*(_ENTRIES.c[name] for name in _COLUMNS), product_now)
_LAZILY = sa.select(
    sa.func.set_config("synchronous_commit", "off", sa.true()).label("set")
).subquery("lazily")
_NOTE = sa.insert(audit).from_select([*_COLUMNS, "at"], _ROWS)
_NOTE_LAZILY = sa.insert(audit).from_select(
    [*_COLUMNS, "at"], _ROWS.select_from(_ENTRIES.join(_LAZILY, sa.true()))
)


class AuditRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def note(self, entries: Collection[AuditEntry]) -> None:
        self._connection.execute(_NOTE, _values(entries))

    def note_reads(self, entries: Collection[AuditEntry]) -> None:
        """Store reads and commit, without waiting for the disk.

        A database server that loses power may lose the last second's reads, never a change.
        """
        self._connection.execute(_NOTE_LAZILY, _values(entries))
        self._connection.commit()

    def page(self, key: Key, limit: int, after: int | None) -> Sequence[AuditRecord]:
        """Read entries, the newest first, and one more than `limit` if there are further ones."""
        query = sa.select(audit).where(
            audit.c.clinic_id == key.clinic_id, audit.c.patient_id == key.id
        )
        if after is not None:
            query = query.where(audit.c.id < after)
        rows = self._connection.execute(query.order_by(audit.c.id.desc()).limit(limit + 1))
        return [
            struct_from(AuditRecord, row, fields=tuple(row.fields.split(",")) if row.fields else ())
            for row in rows
        ]


def _values(entries: Collection[AuditEntry]) -> dict[str, list[Any]]:
    columns = fields_of(entries, *_COLUMNS)
    columns["fields"] = [",".join(entry.fields) for entry in entries]
    return values_of("entry", **columns)
