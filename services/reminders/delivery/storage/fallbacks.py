"""Reminders that take another channel after one failed for good."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import AftercarePlan, AftercareStep, Channel
from services.contracts.words import ConsentState, ReminderStatus, SuppressionReason
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.fragments import (
    IS_ITS_ENROLLMENT,
    IS_ITS_PLAN,
    is_row,
    is_suppressed,
    newest_consent_id,
    stands_for,
)
from services.reminders.database.tables import (
    consent,
    contact_point,
    enrollment,
    outbound,
    plan_version,
    suppression,
)
from services.reminders.delivery.domain.retry import FALLBACKS, fallback

_TAKEN_OVER = (
    *("clinic_id", "kind", "mode", "patient_id", "enrollment_id", "step_key", "step_kind"),
    *("purpose", "lane"),
    *("due_at", "useful_until", "local_due_at", "time_zone"),
)


Key = tuple[int, int]  # (clinic id, outbound id)


def fall_back(connection: sa.Connection, key: Key, failed: Channel) -> bool:
    """Plan a reminder that failed for good on another channel. Returns whether it was planned.

    The plan and the consent must allow it, and it must not be planned there yet. It is not done
    for somebody who opted out of the channel that failed: they are not to be pursued on another.
    Everything is checked again when it is sent.
    """
    if failed not in FALLBACKS:
        return False
    step = _step(connection, key)
    other = fallback(step, failed) if step else None
    if other is None:
        return False
    added = connection.execute(_plan_on(other, key)).scalar()
    if added is None:
        return False
    decide(connection, [(key[0], added)], Reason.FALLBACK)
    return True


def _step(connection: sa.Connection, key: Key) -> AftercareStep | None:
    statement = (
        sa.select(outbound.c.step_key, plan_version.c.content)
        .join(enrollment, IS_ITS_ENROLLMENT)
        .join(plan_version, IS_ITS_PLAN)
        .where(*_is_message(key), outbound.c.kind == OutboundKind.REMINDER)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    plan = msgspec.msgpack.decode(row.content, type=AftercarePlan)
    return next((step for step in plan.steps if step.key == row.step_key), None)


def _is_message(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    clinic_id, outbound_id = key
    return outbound.c.clinic_id == clinic_id, outbound.c.id == outbound_id


def _plan_on(other: Channel, key: Key) -> sa.Insert:
    new: dict[str, sa.ColumnElement[Any]] = {
        "channel": sa.literal(str(other)),
        "state": sa.literal(str(ReminderStatus.SCHEDULED)),
        "state_at": product_now,
        "created_at": product_now,
        "contact_point_id": contact_point.c.id,
        "consent_id": consent.c.id,
    }
    planned = (
        sa.select(*(outbound.c[name] for name in _TAKEN_OVER), *new.values())
        .join(contact_point, _is_current_contact(other))
        .join(consent, _is_newest_consent(other))
        .where(
            *_is_message(key),
            outbound.c.useful_until > product_now,
            consent.c.state == ConsentState.GRANTED,
            sa.or_(
                consent.c.contact_point_id.is_(None),
                consent.c.contact_point_id == contact_point.c.id,
            ),
            ~is_suppressed(
                contact_point.c.clinic_id, contact_point.c.channel, contact_point.c.address_index
            ),
            ~_has_opted_out(),
        )
    )
    return (
        insert(outbound)
        .from_select([*_TAKEN_OVER, *new], planned)
        .on_conflict_do_nothing()
        .returning(outbound.c.id)
    )


def _is_current_contact(other: Channel) -> sa.ColumnElement[bool]:
    return sa.and_(
        contact_point.c.clinic_id == outbound.c.clinic_id,
        contact_point.c.patient_id == outbound.c.patient_id,
        contact_point.c.channel == other,
        contact_point.c.replaced_at.is_(None),
    )


def _is_newest_consent(other: Channel) -> sa.ColumnElement[bool]:
    newest = newest_consent_id(
        outbound.c.clinic_id, outbound.c.patient_id, sa.literal(str(other)), outbound.c.purpose
    )
    return sa.and_(consent.c.clinic_id == outbound.c.clinic_id, consent.c.id == newest)


def _has_opted_out() -> sa.ColumnElement[bool]:
    """Whether the owner of the address that failed has told us, or the provider, to stop."""
    failed = contact_point.alias("failed")
    return (
        sa.exists()
        .where(
            is_row(failed, outbound, "contact_point_id"),
            stands_for(failed.c.clinic_id, failed.c.channel, failed.c.address_index),
            suppression.c.reason == SuppressionReason.OPT_OUT,
        )
        .correlate(outbound)
    )
