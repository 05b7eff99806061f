"""Idempotency keys and their results. Inputs are stored as keyed digests only."""

from functools import cache
from typing import Final

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.check_ins import AnswerCheckIn
from services.contracts.enrollments import RescheduleEnrollment
from services.contracts.reminders import (
    EnrollPatient,
    RegisterPatient,
)
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.repository import Repository
from services.reminders.database.tables import idempotency

_KEY: Final = ("mode", "mutation", "key")
KeyedCommand = EnrollPatient | RegisterPatient | RescheduleEnrollment | AnswerCheckIn


class IdempotentResult(msgspec.Struct, frozen=True):
    """What an idempotency key was used for before."""

    result_id: int
    is_same_input: bool


class IdempotencyStore(Repository):
    def get(self, mutation: str, command: KeyedCommand) -> IdempotentResult | None:
        """Look up a command's key. A second caller with it waits until the first has ended."""
        scope, key = command.scope, command.idempotency_key
        _lock()(self._connection, name=f"{scope.clinic_id}.{scope.mode}.{mutation}.{key}")
        for result_id, input_hash in _select()(self._connection, **_place(mutation, command)):
            hashes = self._vault.indexes(_fingerprint(command), context=contexts.INPUT)
            return IdempotentResult(result_id, input_hash in hashes)
        return None

    def put(self, mutation: str, command: KeyedCommand, result_id: int) -> None:
        input_hash = self._vault.index(_fingerprint(command), context=contexts.INPUT)
        _insert()(
            self._connection,
            **_place(mutation, command),
            input_hash=input_hash,
            result_id=result_id,
        )


def _place(mutation: str, command: KeyedCommand) -> dict[str, object]:
    return {
        "clinic_id": command.scope.clinic_id,
        "mode": str(command.scope.mode),
        "mutation": mutation,
        "key": command.idempotency_key,
    }


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


def _fingerprint(command: KeyedCommand) -> str:
    """Encode the input of a command. Equal inputs of different senders give equal texts."""
    fields = msgspec.structs.asdict(command)
    for name in ("scope", "idempotency_key"):
        del fields[name]
    return msgspec.msgpack.encode(fields, order="deterministic").hex()
