"""Delivery attempts: stored as open before the provider is called, ended after.

Every transaction here locks the message first and its attempt second.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import AttemptOutcome, ReminderStatus, SuppressionReason
from services.reminders.domain.attempts import Beginning, Begun, Ending
from services.reminders.domain.states import origins
from services.reminders.storage import contexts
from services.reminders.storage.endings import add_references, end, move, note_causes
from services.reminders.storage.rows import rows
from services.reminders.storage.tables import (
    consent,
    delivery_attempt,
    outbound,
    suppression,
)
from services.reminders.storage.transactions import transaction

MAYBE_SENT = (AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN)
"""An attempt with one of these forbids another: the unique index delivery_attempt_once."""


class Attempts:
    """The attempts of one worker, known by its `owner` id."""

    def __init__(self, engine: sa.Engine, vault: Vault, owner: UUID, lease: timedelta) -> None:
        self._engine = engine
        self._vault = vault
        self._owner = owner
        self._lease = lease

    def begin(self, beginnings: Sequence[Beginning]) -> list[Begun]:
        """Store open attempts and commit: the point after which an opt-out comes too late.

        What is not in the answer must not be sent: it is no longer ours, no longer useful,
        suppressed, or without the consent relied on.
        """
        with transaction(self._engine) as connection:
            moved = {
                (row.clinic_id, row.id): row.attempts
                for row in connection.execute(self._to_sending(beginnings))
            }
            ours = [one for one in beginnings if one.claim.key in moved]
            if not ours:
                return []
            numbers = [moved[one.claim.key] for one in ours]
            ids = {
                (row.clinic_id, row.outbound_id): row.id
                for row in connection.execute(self._open(ours, numbers))
            }
        return [
            Begun(beginning=one, attempt_id=ids[one.claim.key], number=number)
            for one, number in zip(ours, numbers, strict=True)
        ]

    def _to_sending(self, beginnings: Sequence[Beginning]) -> ReturningUpdate[int, int, int]:
        want = rows(
            "want",
            clinic_id=[one.claim.clinic_id for one in beginnings],
            id=[one.claim.id for one in beginnings],
            token=[one.claim.token for one in beginnings],
            consent_id=[one.consent_id for one in beginnings],
            ignores_opt_out=[one.ignores_opt_out for one in beginnings],
            subject_sealed=[
                self._seal(one.message.subject, contexts.SUBJECT) for one in beginnings
            ],
            body_sealed=[self._seal(one.message.text, contexts.BODY) for one in beginnings],
        )
        return (
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == want.c.clinic_id,
                outbound.c.id == want.c.id,
                outbound.c.token == want.c.token,
                outbound.c.owner == self._owner,
                outbound.c.state.in_(origins(ReminderStatus.SENDING)),
                outbound.c.lease_until > sa.func.now(),
                product_now < outbound.c.useful_until,
                _is_consent_newest(want),
                ~_is_suppressed(want, beginnings),
                ~_is_maybe_sent(),
            )
            .values(
                state=ReminderStatus.SENDING,
                state_reason=None,
                state_at=product_now,
                lease_until=sa.func.now() + sa.literal(self._lease, sa.Interval()),
                attempts=outbound.c.attempts + 1,
                consent_id=want.c.consent_id,
                subject_sealed=want.c.subject_sealed,
                body_sealed=want.c.body_sealed,
            )
            .returning(outbound.c.clinic_id, outbound.c.id, outbound.c.attempts)
        )

    def _open(
        self, ours: Sequence[Beginning], numbers: Sequence[int]
    ) -> ReturningInsert[int, int, int]:
        new = rows(
            "new",
            clinic_id=[one.claim.clinic_id for one in ours],
            outbound_id=[one.claim.id for one in ours],
            token=[one.claim.token for one in ours],
            sender_id=[one.sender.id for one in ours],
            provider=[one.sender.provider for one in ours],
            number=numbers,
        )
        columns = ("clinic_id", "outbound_id", "token", "sender_id", "provider", "number")
        return (
            sa.insert(delivery_attempt)
            .from_select(
                [*columns, "owner", "started_at", "outcome"],
                sa.select(
                    *(new.c[column] for column in columns),
                    sa.literal(self._owner, sa.Uuid()),
                    product_now,
                    sa.literal(str(AttemptOutcome.OPEN)),
                ),
            )
            .returning(
                delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id, delivery_attempt.c.id
            )
        )

    def finish(self, endings: Sequence[Ending]) -> list[Ending]:
        """Store what became of attempts; answers with those that came too late to be believed.

        A message that was swept, or that a receipt has moved already, is left as it is.
        """
        with transaction(self._engine) as connection:
            moved = move(connection, endings, _is_held)
            end(connection, [one for one in endings if one.key in moved])
        return [one for one in endings if one.key not in moved]

    def reconcile(self, late: Sequence[Ending]) -> int:
        """Take late answers for what they are: evidence about attempts given up as unknown.

        The unique index allows one attempt that may have been sent, so an UNKNOWN message whose
        unknown attempt is this one can mean no other. Answers with how many were settled.
        """
        with transaction(self._engine) as connection:
            settled = [one for one in late if one.state is not ReminderStatus.UNKNOWN]
            moved = move(connection, settled, _is_given_up)
            end(connection, [one for one in settled if one.key in moved])
            note_causes(connection, [one for one in late if one not in settled])
            add_references(connection, settled)
        return len(moved)

    def _seal(self, text: str | None, context: str) -> bytes | None:
        return None if text is None else self._vault.seal_text(text, context=context)


def _is_consent_newest(want: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    """Rows of the ledger never change, so the newest id being the same is enough."""
    newest = (
        sa.select(sa.func.max(consent.c.id))
        .where(
            consent.c.clinic_id == outbound.c.clinic_id,
            consent.c.patient_id == outbound.c.patient_id,
            consent.c.channel == outbound.c.channel,
            consent.c.purpose == outbound.c.purpose,
        )
        .correlate(outbound)
        .scalar_subquery()
    )
    return sa.or_(want.c.consent_id.is_(None), want.c.consent_id == newest)


def _is_suppressed(
    want: sa.TableValuedAlias, beginnings: Sequence[Beginning]
) -> sa.ColumnElement[bool]:
    pairs = [(one.claim, index) for one in beginnings for index in one.address_indexes]
    known = rows(
        "known",
        clinic_id=[claim.clinic_id for claim, _ in pairs],
        id=[claim.id for claim, _ in pairs],
        address_index=[index for _, index in pairs],
    )
    return (
        sa.exists()
        .where(
            known.c.clinic_id == outbound.c.clinic_id,
            known.c.id == outbound.c.id,
            suppression.c.clinic_id == known.c.clinic_id,
            suppression.c.channel == outbound.c.channel,
            suppression.c.address_index == known.c.address_index,
            suppression.c.lifted_at.is_(None),
            sa.or_(
                suppression.c.reason != SuppressionReason.OPT_OUT,
                ~want.c.ignores_opt_out,
            ),
        )
        .correlate(outbound, want)
    )


def _is_maybe_sent() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            delivery_attempt.c.clinic_id == outbound.c.clinic_id,
            delivery_attempt.c.outbound_id == outbound.c.id,
            delivery_attempt.c.outcome.in_(MAYBE_SENT),
        )
        .correlate(outbound)
    )


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
