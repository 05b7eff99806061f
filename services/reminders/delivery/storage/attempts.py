"""Delivery attempts: stored as open before the provider is called, ended after.

Every transaction here locks the message first and its attempt second. After the commit of the
statement that begins attempts an opt-out comes too late.
"""

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
from services.reminders.database.fragments import is_row, newest_consent_id, stands_for
from services.reminders.database.precompiled import (
    Precompiled,
    columns_of,
    fields_of,
    struct_row,
    table_of,
    values_of,
)
from services.reminders.database.tables import delivery_attempt, outbound, suppression
from services.reminders.database.unit_of_work import alone, transaction
from services.reminders.delivery.domain.attempts import Beginning, Begun, Ending
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
            is_row(outbound, delivery_attempt, "outbound_id"),
            delivery_attempt.c.id == ended.c.attempt_id,
            delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
        )
        .correlate(outbound, ended)
    )
    return sa.and_(outbound.c.state == ReminderStatus.UNKNOWN, attempt)


MAYBE_SENT = (AttemptOutcome.OPEN, AttemptOutcome.ACCEPTED, AttemptOutcome.UNKNOWN)
"""An attempt with one of these forbids another for its part: the unique index
delivery_attempt_once."""


class StoredAttempt(msgspec.Struct, frozen=True):
    """An open attempt; fields are columns, in order."""

    clinic_id: int
    outbound_id: int
    id: int
    number: int


def begin_statement(owner: UUID, lease: timedelta) -> Precompiled[StoredAttempt]:
    """Move what may begin to SENDING, and store an open attempt for each."""
    moved = _to_sending(owner, lease).cte("moved")
    statement = (
        sa.insert(delivery_attempt)
        .from_select(
            [
                *("clinic_id", "outbound_id", "number", "token", "sender_id", "provider"),
                *("consent_id", "part", "text_until", "owner", "started_at", "outcome"),
            ],
            sa.select(
                moved,
                sa.literal(owner, sa.Uuid()),
                product_now,
                sa.literal(str(AttemptOutcome.OPEN)),
            ),
        )
        .returning(*(delivery_attempt.c[name] for name in StoredAttempt.__struct_fields__))
    )
    return Precompiled(statement, struct_row(statement, StoredAttempt))


def begin_values(beginnings: Sequence[Beginning], vault: Vault) -> dict[str, list[Any]]:
    """The statement's parameters; texts are sealed here."""
    known = [
        (*beginning.claim.key, index)
        for beginning in beginnings
        for index in beginning.address_indexes
    ]
    claims = [beginning.claim for beginning in beginnings]
    subjects = [beginning.message.subject for beginning in beginnings]
    return values_of(
        "want",
        **fields_of(claims, "clinic_id", "id", "token"),
        **fields_of(beginnings, "consent_id", "ignores_opt_out"),
        sender_id=[beginning.sender.id for beginning in beginnings],
        provider=[beginning.sender.provider for beginning in beginnings],
        part=[beginning.part.number for beginning in beginnings],
        text_until=[beginning.part.until for beginning in beginnings],
        subject_sealed=[
            None if text is None else vault.seal_text(text, context=contexts.SUBJECT)
            for text in subjects
        ],
        body_sealed=[
            vault.seal_text(beginning.message.text, context=contexts.BODY)
            for beginning in beginnings
        ],
    ) | columns_of("known", known, "clinic_id", "id", "address_index")


def _to_sending(owner: UUID, lease: timedelta) -> ReturningUpdate[*tuple[Any, ...]]:
    want = _wanted()
    known = table_of("known", "clinic_id", "id", "address_index")
    return (
        sa.update(outbound)
        .where(
            is_row(outbound, want),
            outbound.c.token == want.c.token,
            outbound.c.owner == owner,
            outbound.c.state.in_(origins(ReminderStatus.SENDING)),
            _is_leased(),
            product_now < outbound.c.useful_until,
            _is_consent_newest(want),
            ~_is_suppressed(want, known),
            ~_is_maybe_sent(want),
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
            want.c.part,
            want.c.text_until,
        )
    )


def _wanted() -> sa.TableValuedAlias:
    return table_of(
        "want",
        *("clinic_id", "id", "token", "sender_id", "provider"),
        *("consent_id", "ignores_opt_out", "subject_sealed", "body_sealed"),
        *("part", "text_until"),
    )


def _is_leased() -> sa.ColumnElement[bool]:
    """Written so that no index matches it: the rows are found by their keys."""
    until = sa.func.coalesce(outbound.c.lease_until, sa.text("'epoch'"))
    return until > sa.func.now()


def _is_consent_newest(want: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    """Whether the consent relied on still counts; None relies on none."""
    newest = newest_consent_id(
        outbound.c.clinic_id, outbound.c.patient_id, outbound.c.channel, outbound.c.purpose
    )
    return sa.or_(want.c.consent_id.is_(None), want.c.consent_id == newest)


def _is_suppressed(want: sa.TableValuedAlias, known: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    """Whether a suppression stands under any index of the message's address."""
    return (
        sa.exists()
        .where(
            known.c.clinic_id == outbound.c.clinic_id,
            known.c.id == outbound.c.id,
            stands_for(known.c.clinic_id, outbound.c.channel, known.c.address_index),
            sa.or_(
                suppression.c.reason != SuppressionReason.OPT_OUT,
                ~want.c.ignores_opt_out,
            ),
        )
        .correlate(outbound, want)
    )


def _is_maybe_sent(want: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    """Whether this part may have been sent, or an earlier one may be on its way."""
    return (
        sa.exists()
        .where(
            delivery_attempt.c.clinic_id == outbound.c.clinic_id,
            delivery_attempt.c.outbound_id == outbound.c.id,
            delivery_attempt.c.outcome.in_(MAYBE_SENT),
            sa.or_(
                delivery_attempt.c.outcome != AttemptOutcome.ACCEPTED,
                delivery_attempt.c.part >= want.c.part,
            ),
        )
        .correlate(outbound, want)
    )
