"""Idempotency keys, and what was made under them. Inputs are kept as keyed digests only."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import Scope
from services.reminders.storage import contexts
from services.reminders.storage.tables import idempotency
from services.reminders.usecases.books import Remembered


class MemoryTable:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def recall(self, scope: Scope, mutation: str, key: str, given: bytes) -> Remembered | None:
        name = f"{scope.clinic_id}.{scope.mode}.{mutation}.{key}"
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0)))
        )
        row = self._connection.execute(
            sa.select(idempotency.c.input_hash, idempotency.c.result_id).where(
                idempotency.c.clinic_id == scope.clinic_id,
                idempotency.c.mode == scope.mode,
                idempotency.c.mutation == mutation,
                idempotency.c.key == key,
            )
        ).first()
        if row is None:
            return None
        known = self._vault.indexes(given.hex(), context=contexts.INPUT)
        return Remembered(row.result_id, row.input_hash in known)

    def remember(self, scope: Scope, mutation: str, key: str, given: bytes, result_id: int) -> None:
        self._connection.execute(
            sa.insert(idempotency).values(
                clinic_id=scope.clinic_id,
                mode=scope.mode,
                mutation=mutation,
                key=key,
                input_hash=self._vault.index(given.hex(), context=contexts.INPUT),
                result_id=result_id,
                at=product_now,
            )
        )
