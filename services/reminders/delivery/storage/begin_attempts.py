"""The statement that begins attempts: after its commit an opt-out comes too late."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.words import AttemptOutcome, ReminderStatus, SuppressionReason
from services.reminders.core.states import origins
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import Precompiled
from services.reminders.database.tables import (
    consent,
    delivery_attempt,
    outbound,
    suppression,
)
from services.reminders.database.unnest import table_of, values_of
from services.reminders.delivery.domain.attempts import Beginning

MAYBE_SENT = (AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN)
"""An attempt with one of these forbids another: the unique index delivery_attempt_once."""


class Stored(msgspec.Struct, frozen=True):
    """An open attempt, as the database has it."""

    clinic_id: int
    outbound_id: int
    id: int
    number: int


def begin_statement(owner: UUID, lease: timedelta) -> Precompiled[Stored]:
    """Move what may begin to SENDING, and store an open attempt for each; built once a worker."""
    moved = _to_sending(owner, lease).cte("moved")
    return Precompiled(
        sa.insert(delivery_attempt)
        .from_select(
            [
                *("clinic_id", "outbound_id", "number", "token", "sender_id", "provider"),
                *("consent_id", "owner", "started_at", "outcome"),
            ],
            sa.select(
                moved,
                sa.literal(owner, sa.Uuid()),
                product_now,
                sa.literal(str(AttemptOutcome.OPEN)),
            ),
        )
        .returning(
            delivery_attempt.c.clinic_id,
            delivery_attempt.c.outbound_id,
            delivery_attempt.c.id,
            delivery_attempt.c.number,
        ),
        Stored,
    )


def begin_values(beginnings: Sequence[Beginning], vault: Vault) -> dict[str, list[Any]]:
    """The statement's parameters; texts are sealed here."""
    pairs = [(one.claim, index) for one in beginnings for index in one.address_indexes]
    subjects = [one.message.subject for one in beginnings]
    return values_of(
        "want",
        clinic_id=[one.claim.clinic_id for one in beginnings],
        id=[one.claim.id for one in beginnings],
        token=[one.claim.token for one in beginnings],
        sender_id=[one.sender.id for one in beginnings],
        provider=[one.sender.provider for one in beginnings],
        consent_id=[one.consent_id for one in beginnings],
        ignores_opt_out=[one.ignores_opt_out for one in beginnings],
        subject_sealed=[
            None if text is None else vault.seal_text(text, context=contexts.SUBJECT)
            for text in subjects
        ],
        body_sealed=[
            vault.seal_text(one.message.text, context=contexts.BODY) for one in beginnings
        ],
    ) | values_of(
        "known",
        clinic_id=[claim.clinic_id for claim, _ in pairs],
        id=[claim.id for claim, _ in pairs],
        address_index=[index for _, index in pairs],
    )


def _to_sending(owner: UUID, lease: timedelta) -> ReturningUpdate[*tuple[Any, ...]]:
    want = _wanted()
    known = table_of("known", "clinic_id", "id", "address_index")
    return (
        sa.update(outbound)
        .where(
            outbound.c.clinic_id == want.c.clinic_id,
            outbound.c.id == want.c.id,
            outbound.c.token == want.c.token,
            outbound.c.owner == owner,
            outbound.c.state.in_(origins(ReminderStatus.SENDING)),
            _is_leased(),
            product_now < outbound.c.useful_until,
            _is_consent_newest(want),
            ~_is_suppressed(want, known),
            ~_is_maybe_sent(),
        )
        .values(
            state=ReminderStatus.SENDING,
            state_reason=None,
            state_at=product_now,
            lease_until=sa.func.now() + sa.literal(lease, sa.Interval()),
            attempts=outbound.c.attempts + 1,
            consent_id=want.c.consent_id,
            subject_sealed=want.c.subject_sealed,
            body_sealed=want.c.body_sealed,
        )
        .returning(
            outbound.c.clinic_id,
            outbound.c.id,
            outbound.c.attempts,
            want.c.token,
            want.c.sender_id,
            want.c.provider,
            want.c.consent_id,
        )
    )


def _wanted() -> sa.TableValuedAlias:
    return table_of(
        "want",
        *("clinic_id", "id", "token", "sender_id", "provider"),
        *("consent_id", "ignores_opt_out", "subject_sealed", "body_sealed"),
    )


def _is_leased() -> sa.ColumnElement[bool]:
    """In words that no index knows: the rows are found by their keys."""
    until = sa.func.coalesce(outbound.c.lease_until, sa.text("'epoch'"))
    return until > sa.func.now()


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


def _is_suppressed(want: sa.TableValuedAlias, known: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
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
