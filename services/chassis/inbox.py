"""Stores the reply of a command in its transaction, so that redelivery changes nothing."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.vault import Vault

_KEPT = timedelta(days=2)


def inbox_table(metadata: sa.MetaData) -> sa.Table:
    """Declare the inbox of a service. Its migration creates the table."""
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("command_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reply", sa.LargeBinary),
        sa.Column(
            "handled_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
    )


class Inbox:
    """Stores commands for two days, with their replies sealed."""

    def __init__(self, table: sa.Table, vault: Vault) -> None:
        self._table = table
        self._vault = vault

    def reply_of(self, connection: sa.Connection, command_id: str, kind: str) -> bytes | None:
        """Return the earlier reply, or None if this call has to do the work.

        Of two deliveries at once, the second waits here for the end of the first transaction.
        """
        entered = connection.execute(
            insert(self._table)
            .values(command_id=command_id, kind=kind)
            .on_conflict_do_nothing(index_elements=["command_id"])
            .returning(self._table.c.command_id)
        ).one_or_none()
        if entered:
            return None
        sealed: bytes = connection.execute(
            sa.select(self._table.c.reply).where(self._table.c.command_id == command_id)
        ).scalar_one()
        return self._vault.open(sealed, context=_context(command_id, kind))

    def keep(self, connection: sa.Connection, command_id: str, kind: str, reply: bytes) -> None:
        sealed = self._vault.seal(reply, context=_context(command_id, kind))
        connection.execute(
            sa.update(self._table)
            .where(self._table.c.command_id == command_id)
            .values(reply=sealed)
        )

    def forget_old(self, connection: sa.Connection) -> None:
        connection.execute(
            sa.delete(self._table).where(
                self._table.c.handled_at < sa.func.now() - sa.literal(_KEPT, sa.Interval())
            )
        )


def _context(command_id: str, kind: str) -> str:
    return f"inbox.{kind}.{command_id}"
