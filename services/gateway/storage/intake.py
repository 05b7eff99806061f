"""The intake: rows that wait until reminders has accepted them."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.gateway.intake.items import (
    IntakeItem,
    IntakePayload,
    decode,
    encode,
    kind_of,
    origin_of,
)
from services.gateway.storage.tables import dropped_receipt, intake

_SLOWEST_SECONDS = 60

log = get_logger(__name__)


def keep(connection: sa.Connection, vault: Vault, payload: IntakePayload) -> None:
    """Add a row; it is stored once the transaction has committed."""
    kind = kind_of(payload)
    connection.execute(
        sa.insert(intake).values(
            kind=kind,
            provider=origin_of(payload),
            payload_sealed=vault.seal(encode(payload), context=_context(kind)),
        )
    )


def claim(connection: sa.Connection, vault: Vault, most: int) -> list[IntakeItem]:
    """Select the rows that are due, oldest first, and lock them for this transaction.

    A row that cannot be read (its key is missing) is put off, so that it blocks no other.
    """
    rows = connection.execute(
        sa.select(
            intake.c.id,
            intake.c.kind,
            intake.c.payload_sealed,
            intake.c.attempts,
            sa.extract("epoch", sa.func.now() - intake.c.received_at).label("age"),
        )
        .where(intake.c.not_before <= sa.func.now())
        .order_by(intake.c.received_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    items: list[IntakeItem] = []
    unreadable: list[UUID] = []
    for row in rows:
        try:
            encoded = vault.open(row.payload_sealed, context=_context(row.kind))
            payload = decode(row.kind, encoded)
            items.append(IntakeItem(row.id, payload, row.attempts, float(row.age)))
        except (CannotOpen, LookupError, msgspec.MsgspecError) as fault:
            log.warning("intake_not_readable", kind=row.kind, error=type(fault).__name__)
            unreadable.append(row.id)
    put_off(connection, unreadable)
    return items


def remove(connection: sa.Connection, ids: Collection[UUID]) -> None:
    connection.execute(sa.delete(intake).where(intake.c.id.in_(ids)))


def count_dropped(connection: sa.Connection, items: Collection[IntakeItem]) -> None:
    """Add to the day's count of receipts of unknown messages, by provider."""
    for provider, count in Counter(origin_of(item.payload) for item in items).items():
        added = insert(dropped_receipt).values(
            provider=provider, day=sa.func.current_date(), count=count
        )
        connection.execute(
            added.on_conflict_do_update(
                index_elements=["provider", "day"],
                set_={"count": dropped_receipt.c.count + added.excluded.count},
            )
        )


def put_off(connection: sa.Connection, ids: Collection[UUID]) -> None:
    """Try these again after 1 s, 2 s, 4 s, … and then once a minute, without an end."""
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
