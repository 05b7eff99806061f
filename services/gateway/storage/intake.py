"""The intake: rows that wait until reminders has accepted them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import read_clock
from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault
from services.gateway.intake.forwarder import IntakeUnavailable
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


class ClaimedRows:
    """Rows that are locked until the transaction of the connection ends."""

    def __init__(self, connection: sa.Connection, items: Sequence[IntakeItem]) -> None:
        self.items = items
        self._connection = connection

    def remove(self, ids: Collection[UUID]) -> None:
        self._connection.execute(sa.delete(intake).where(intake.c.id.in_(ids)))

    def put_off(self, ids: Collection[UUID]) -> None:
        """Try these again after 1 s, 2 s, 4 s, … and then once a minute, without an end."""
        exponent = sa.func.least(intake.c.attempts, 6)
        wait = sa.func.least(sa.func.power(2, exponent), _SLOWEST_SECONDS)
        self._connection.execute(
            sa.update(intake)
            .where(intake.c.id.in_(ids))
            .values(
                attempts=intake.c.attempts + 1,
                not_before=sa.func.now() + wait * sa.literal_column("interval '1 second'"),
            )
        )

    def drop(self, items: Collection[IntakeItem]) -> None:
        """Remove them, and add to the day's count of receipts of unknown messages, by provider."""
        self.remove([item.id for item in items])
        for provider, count in Counter(origin_of(item.payload) for item in items).items():
            added = insert(dropped_receipt).values(
                provider=provider, day=sa.func.current_date(), count=count
            )
            self._connection.execute(
                added.on_conflict_do_update(
                    index_elements=["provider", "day"],
                    set_={"count": dropped_receipt.c.count + added.excluded.count},
                )
            )


class StoredIntake:
    """Stores and claims rows; calls the function set by `on_commit` after each new row."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._wake: Callable[[], None] = lambda: None

    def on_commit(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def keep(self, make: Callable[[datetime], IntakePayload]) -> None:
        """Store what `make` returns for the product's present time; raises if it cannot."""
        with self._engine.begin() as connection:
            payload = make(read_clock(connection).product)
            kind = kind_of(payload)
            sealed = self._vault.seal(encode(payload), context=_context(kind))
            connection.execute(
                sa.insert(intake).values(
                    kind=kind, provider=origin_of(payload), payload_sealed=sealed
                )
            )
        self._wake()

    @contextmanager
    def claim(self, most: int) -> Iterator[ClaimedRows]:
        """Yield claimed rows; raises IntakeUnavailable if the database is away or goes away."""
        try:
            with self._engine.begin() as connection:
                yield self._claimed(connection, most)
        except sa.exc.SQLAlchemyError as fault:
            raise IntakeUnavailable(type(fault).__name__) from None

    def _claimed(self, connection: sa.Connection, most: int) -> ClaimedRows:
        """Select the rows that are due, oldest first, and lock them for this transaction.

        A row that cannot be read (its key is missing) is put off, so that it blocks no other.
        """
        rows = connection.execute(
            sa.select(
                intake, sa.extract("epoch", sa.func.now() - intake.c.received_at).label("age")
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
                encoded = self._vault.open(row.payload_sealed, context=_context(row.kind))
                payload = decode(row.kind, encoded)
                items.append(IntakeItem(row.id, payload, row.attempts, float(row.age)))
            except (CannotOpen, LookupError, msgspec.MsgspecError) as fault:
                log.warning("intake_not_readable", kind=row.kind, error=type(fault).__name__)
                unreadable.append(row.id)
        claimed = ClaimedRows(connection, items)
        if unreadable:
            claimed.put_off(unreadable)
        return claimed


def _context(kind: str) -> str:
    return f"gateway.intake.{kind}"
