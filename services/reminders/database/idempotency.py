"""Idempotency keys and their results. Inputs are stored as keyed digests only."""

from functools import cache
from typing import Final

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import (
    Scope,
)
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.repository import Repository
from services.reminders.database.tables import idempotency

_KEY: Final = ("mode", "mutation", "key")


class IdempotentResult(msgspec.Struct, frozen=True):
    """What an idempotency key was used for before."""

    result_id: int
    is_same_input: bool


class IdempotencyStore(Repository):
    def get(
        self, scope: Scope, mutation: str, key: str, fingerprint: bytes
    ) -> IdempotentResult | None:
        """Look a key up. A second caller with the same key waits until the first has ended."""
        name = f"{scope.clinic_id}.{scope.mode}.{mutation}.{key}"
        _lock()(self._connection, name=name)
        row = next(
            iter(
                _select()(
                    self._connection,
                    clinic_id=scope.clinic_id,
                    mode=str(scope.mode),
                    mutation=mutation,
                    key=key,
                )
            ),
            None,
        )
        if row is None:
            return None
        hashes = self._vault.indexes(fingerprint.hex(), context=contexts.INPUT)
        result_id, input_hash = row
        return IdempotentResult(result_id, input_hash in hashes)

    def put(
        self, scope: Scope, mutation: str, key: str, fingerprint: bytes, result_id: int
    ) -> None:
        _insert()(
            self._connection,
            clinic_id=scope.clinic_id,
            mode=str(scope.mode),
            mutation=mutation,
            key=key,
            input_hash=self._vault.index(fingerprint.hex(), context=contexts.INPUT),
            result_id=result_id,
        )


@cache
def _lock() -> Precompiled[None]:
    """Makes a second caller wait for this transaction."""
    name = sa.func.hashtextextended(parameter("name", sa.Text), 0)
    return Precompiled(sa.select(sa.func.pg_advisory_xact_lock(name)), lambda _: None)


@cache
def _select() -> Precompiled[tuple[int, bytes]]:
    return Precompiled(
        sa.select(idempotency.c.result_id, idempotency.c.input_hash).where(
            idempotency.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            *(idempotency.c[name] == parameter(name, sa.Text) for name in _KEY),
        ),
        lambda *row: row,
    )


@cache
def _insert() -> Precompiled[int]:
    values = {
        "clinic_id": parameter("clinic_id", sa.BigInteger),
        **{name: parameter(name, sa.Text) for name in _KEY},
        "input_hash": parameter("input_hash", sa.LargeBinary),
        "result_id": parameter("result_id", sa.BigInteger),
        "at": product_now,
    }
    return Precompiled(sa.insert(idempotency).values(values).returning(idempotency.c.id), int)


def fingerprint(command: msgspec.Struct) -> bytes:
    """Encode the input of a command. Equal inputs give equal bytes, whoever sends them."""
    fields = msgspec.structs.asdict(command)
    for name in ("scope", "idempotency_key"):
        fields.pop(name, None)
    return msgspec.msgpack.encode(fields, order="deterministic")
