"""Delivery attempts: stored as open before the provider is called, ended after.

Every transaction here locks the message first and its attempt second.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.words import AttemptOutcome, ReminderStatus
from services.reminders.database.tables import delivery_attempt, outbound
from services.reminders.database.transactions import alone, transaction
from services.reminders.delivery.domain.attempts import Beginning, Begun, Ending
from services.reminders.delivery.storage.begin_attempts import begin_statement, begin_values
from services.reminders.delivery.storage.finish_attempts import (
    add_references,
    end,
    has_consequences,
    record_causes,
)


class Attempts:
    """The attempts of one worker, known by its `owner` id. Raises StorageAway."""

    def __init__(self, engine: sa.Engine, vault: Vault, owner: UUID, lease: timedelta) -> None:
        self._engine = engine
        self._vault = vault
        self._begin = begin_statement(owner, lease)

    def begin(self, beginnings: Sequence[Beginning]) -> list[Begun]:
        """Store open attempts and commit: the point after which an opt-out comes too late.

        What is not returned must not be sent: it is no longer ours, no longer useful, suppressed,
        or without the consent relied on.
        """
        values = begin_values(beginnings, self._vault)
        with alone(self._engine) as connection:
            stored = {
                (row.clinic_id, row.outbound_id): row for row in self._begin(connection, **values)
            }
        return [
            Begun(beginning=beginning, attempt_id=row.id, number=row.number)
            for beginning in beginnings
            if (row := stored.get(beginning.claim.key)) is not None
        ]

    def finish(self, endings: Sequence[Ending]) -> list[Ending]:
        """Store what became of attempts. Returns those that came too late to be believed.

        A message that was swept, or that a receipt has moved already, is left as it is.
        """
        opened = transaction if any(map(has_consequences, endings)) else alone
        with opened(self._engine) as connection:
            moved = end(connection, endings, _is_held)
        return [ending for ending in endings if ending.key not in moved]

    def reconcile(self, late: Sequence[Ending]) -> int:
        """Use late answers as evidence about attempts that were given up as unknown.

        The unique index allows one attempt that may have been sent, so an UNKNOWN message whose
        unknown attempt is this one can mean no other. Returns how many were settled.
        """
        with transaction(self._engine) as connection:
            settled = [ending for ending in late if ending.state is not ReminderStatus.UNKNOWN]
            moved = end(connection, settled, _is_given_up)
            record_causes(connection, [ending for ending in late if ending not in settled])
            add_references(connection, settled)
        return len(moved)


def _is_held(ended: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    return sa.and_(outbound.c.token == ended.c.token, outbound.c.state == ReminderStatus.SENDING)


def _is_given_up(ended: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    attempt = (
        sa.exists()
        .where(
            delivery_attempt.c.clinic_id == outbound.c.clinic_id,
            delivery_attempt.c.outbound_id == outbound.c.id,
            delivery_attempt.c.id == ended.c.attempt_id,
            delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
        )
        .correlate(outbound, ended)
    )
    return sa.and_(outbound.c.state == ReminderStatus.UNKNOWN, attempt)
