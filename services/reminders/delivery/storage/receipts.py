"""Receipts are stored as they come, and each only once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault, AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import RECEIPTS, Reason
from services.reminders.core.states import origins
from services.reminders.core.structs import struct_from
from services.reminders.database.decisions import IDLE
from services.reminders.database.fragments import is_row, open_tasks
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    contact_point,
    decision,
    delivery_attempt,
    outbound,
    receipt,
)
from services.reminders.delivery.domain.receipts import KnownAttempt
from services.reminders.delivery.storage.fallbacks import fall_back
from services.reminders.delivery.storage.parts import part_states


class ReceiptRepository(Repository):
    def hold(self, reported: RecordReceipt) -> KnownAttempt | None:
        """Lock the message first, as every transaction does, then read its attempt."""
        attempt = self._connection.execute(
            sa.select(
                delivery_attempt.c.clinic_id,
                delivery_attempt.c.id.label("attempt_id"),
                delivery_attempt.c.outbound_id,
            ).where(_is_attempt(reported))
        ).first()
        if attempt is None:
            return None
        message = self._connection.execute(
            sa.select(outbound.c.state, outbound.c.channel, outbound.c.contact_point_id)
            .where(outbound.c.clinic_id == attempt.clinic_id, outbound.c.id == attempt.outbound_id)
            .with_for_update()
        ).one()
        stored = self._connection.execute(
            sa.select(
                delivery_attempt.c.outcome, delivery_attempt.c.part, delivery_attempt.c.text_until
            ).where(
                delivery_attempt.c.clinic_id == attempt.clinic_id,
                delivery_attempt.c.id == attempt.attempt_id,
            )
        ).one()
        is_last = stored.text_until is None
        return struct_from(
            KnownAttempt,
            attempt,
            outcome=stored.outcome,
            is_last_part=is_last,
            other_parts=() if is_last and stored.part == 1 else self._other_parts(attempt),
            **message._asdict(),
        )

    def _other_parts(self, attempt: sa.Row[*tuple[Any, ...]]) -> tuple[ReminderStatus, ...]:
        states = part_states(self._connection, (attempt.clinic_id, attempt.outbound_id))
        return tuple(state for id_, state in states.items() if id_ != attempt.attempt_id)

    def add(self, attempt: KnownAttempt, reported: RecordReceipt) -> bool:
        """Returns False if the same was reported before."""
        added = self._connection.execute(
            insert(receipt)
            .values(
                clinic_id=attempt.clinic_id,
                attempt_id=attempt.attempt_id,
                state=reported.state,
                provider_state=reported.provider_state,
                code=reported.code or "",
                about_address=reported.about_address,
                received_at=reported.received_at,
            )
            .on_conflict_do_nothing()
            .returning(receipt.c.id)
        )
        return added.first() is not None

    def accept(self, attempt: KnownAttempt, provider_reference: str | None) -> None:
        """Record that the provider accepted it, whatever was known before."""
        reference = delivery_attempt.c.provider_reference
        self._connection.execute(
            sa.update(delivery_attempt)
            .where(
                delivery_attempt.c.clinic_id == attempt.clinic_id,
                delivery_attempt.c.id == attempt.attempt_id,
            )
            .values(
                outcome=AttemptOutcome.ACCEPTED,
                code=None,
                provider_reference=sa.func.coalesce(reference, provider_reference),
                ended_at=sa.func.coalesce(delivery_attempt.c.ended_at, product_now),
            )
        )

    def move(self, attempt: KnownAttempt, path: Sequence[ReminderStatus], code: str | None) -> None:
        for state in path:
            self._connection.execute(
                sa.update(outbound)
                .where(
                    outbound.c.clinic_id == attempt.clinic_id,
                    outbound.c.id == attempt.outbound_id,
                    outbound.c.state.in_(origins(state)),
                )
                .values(state=state, state_reason=code, **IDLE)
            )
        self._connection.execute(
            sa.insert(decision).values(
                clinic_id=attempt.clinic_id,
                outbound_id=attempt.outbound_id,
                at=product_now,
                code=RECEIPTS.get(path[-1], Reason.RECEIPT_ACCEPTED),
                detail=code,
            )
        )

    def open_task(self, attempt: KnownAttempt, kind: TaskKind, title: str) -> None:
        its_message = (
            outbound.c.clinic_id == attempt.clinic_id,
            outbound.c.id == attempt.outbound_id,
        )
        task = open_tasks(kind, title, *its_message)
        self._connection.execute(task.on_conflict_do_nothing())

    def fall_back(self, attempt: KnownAttempt) -> bool:
        """Plan the message on another channel. Returns False if plan, consent or time forbid it."""
        key = (attempt.clinic_id, attempt.outbound_id)
        return fall_back(self._connection, key, attempt.channel)

    def soft_bounces(self, attempt: KnownAttempt, within: timedelta) -> int:
        """Count them by contact point: an address that comes back after another starts at 0.

        They are found through the patient, whose messages have an index.
        """
        return self._connection.execute(_soft_bounces(attempt, within)).scalar_one()


def _soft_bounces(attempt: KnownAttempt, within: timedelta) -> sa.Select[int]:
    patient_id = sa.select(contact_point.c.patient_id).where(
        contact_point.c.clinic_id == attempt.clinic_id,
        contact_point.c.id == attempt.contact_point_id,
    )
    return (
        sa.select(sa.func.count(receipt.c.attempt_id.distinct()))
        .join(delivery_attempt, is_row(delivery_attempt, receipt, "attempt_id"))
        .join(outbound, is_row(outbound, delivery_attempt, "outbound_id"))
        .where(
            outbound.c.clinic_id == attempt.clinic_id,
            outbound.c.patient_id == patient_id.scalar_subquery(),
            outbound.c.contact_point_id == attempt.contact_point_id,
            receipt.c.about_address == AddressFault.SOFT_BOUNCE,
            receipt.c.received_at > product_now - sa.literal(within, sa.Interval()),
        )
    )


def _is_attempt(reported: RecordReceipt) -> sa.ColumnElement[bool]:
    """Find it by our own id, which is in the callback URL, else by the provider's reference."""
    if reported.clinic_id is not None and reported.attempt_id is not None:
        return sa.and_(
            delivery_attempt.c.clinic_id == reported.clinic_id,
            delivery_attempt.c.id == reported.attempt_id,
            delivery_attempt.c.provider == reported.provider,
        )
    if reported.provider_reference is None:
        return sa.false()
    return sa.and_(
        delivery_attempt.c.provider == reported.provider,
        delivery_attempt.c.provider_reference == reported.provider_reference,
    )
