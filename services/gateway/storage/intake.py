"""The intake: rows that wait until reminders has taken them over."""

from collections.abc import Collection
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.gateway.intake.items import IntakeItem, Told, decode, encode, kind_of
from services.gateway.storage.tables import intake

_SLOWEST_SECONDS = 60

log = get_logger(__name__)


def keep(connection: sa.Connection, vault: Vault, told: Told) -> None:
    """Add a row; it counts once the transaction has committed."""
    kind = kind_of(told)
    connection.execute(
        sa.insert(intake).values(
            kind=kind,
            provider=told.provider,
            payload_sealed=vault.seal(encode(told), context=_context(kind)),
        )
    )


def claim(connection: sa.Connection, vault: Vault, most: int) -> list[IntakeItem]:
    """Take the rows whose time has come, oldest first, and lock them for this transaction.

    A row that cannot be read (its key is missing) is put off and stands in nobody's way.
    """
    rows = connection.execute(
        sa.select(intake.c.id, intake.c.kind, intake.c.payload_sealed)
        .where(intake.c.not_before <= sa.func.now())
        .order_by(intake.c.received_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    items: list[IntakeItem] = []
    unreadable: list[UUID] = []
    for row in rows:
        try:
            payload = vault.open(row.payload_sealed, context=_context(row.kind))
            items.append(IntakeItem(row.id, decode(row.kind, payload)))
        except (CannotOpen, LookupError, msgspec.MsgspecError) as fault:
            log.warning("intake_not_readable", kind=row.kind, error=type(fault).__name__)
            unreadable.append(row.id)
    put_off(connection, unreadable)
    return items


def remove(connection: sa.Connection, ids: Collection[UUID]) -> None:
    connection.execute(sa.delete(intake).where(intake.c.id.in_(ids)))


def put_off(connection: sa.Connection, ids: Collection[UUID]) -> None:
    """Try these again after 1 s, 2 s, 4 s, … and then once a minute, for as long as it takes."""
    if not ids:
        return
    wait = sa.func.least(sa.func.power(2, sa.func.least(intake.c.attempts, 6)), _SLOWEST_SECONDS)
    connection.execute(
        sa.update(intake)
        .where(intake.c.id.in_(ids))
        .values(
            attempts=intake.c.attempts + 1,
            not_before=sa.func.now() + wait * sa.literal_column("interval '1 second'"),
        )
    )


def _context(kind: str) -> str:
    return f"gateway.intake.{kind}"
