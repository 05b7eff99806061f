"""Reminders that take another channel after one failed for good."""

from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import AftercarePlan, AftercareStep, Channel
from services.contracts.words import ConsentState, ReminderStatus, SuppressionReason
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.joins import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.tables import (
    consent,
    contact_point,
    enrollment,
    outbound,
    plan_version,
    suppression,
)
from services.reminders.delivery.domain.fallback import FALLBACKS, fallback

_TAKEN_OVER = (
    *("clinic_id", "kind", "mode", "patient_id", "enrollment_id", "step_key", "step_kind"),
    *("purpose", "lane"),
    *("due_at", "useful_until", "local_due_at", "time_zone"),
)


class Failed(Protocol):
    """A message that failed for good: refused, or reported as not delivered."""

    @property
    def clinic_id(self) -> int: ...

    @property
    def outbound_id(self) -> int: ...

    @property
    def channel(self) -> Channel: ...


def fall_back(connection: sa.Connection, ended: Failed) -> bool:
    """Plan the reminder on the other channel, where plan and consent allow it and it is not there.

    Not for somebody who opted out of the channel that failed: they are not to be pursued on
    another. Everything is asked again when it is sent; False when nothing was planned.
    """
    if ended.channel not in FALLBACKS:
        return False
    step = _step(connection, ended)
    other = fallback(step, ended.channel) if step else None
    if other is None:
        return False
    added = connection.execute(_plan_on(other, ended)).scalar()
    if added is None:
        return False
    decide(connection, [(ended.clinic_id, added)], Reason.FALLBACK)
    return True


def _step(connection: sa.Connection, ended: Failed) -> AftercareStep | None:
    statement = (
        sa.select(outbound.c.step_key, plan_version.c.content)
        .join(enrollment, IS_ITS_ENROLLMENT)
        .join(plan_version, IS_ITS_PLAN)
        .where(
            outbound.c.clinic_id == ended.clinic_id,
            outbound.c.id == ended.outbound_id,
            outbound.c.kind == OutboundKind.REMINDER,
        )
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    plan = msgspec.msgpack.decode(row.content, type=AftercarePlan)
    return next((step for step in plan.steps if step.key == row.step_key), None)


def _plan_on(other: Channel, ended: Failed) -> sa.Insert:
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
        .join(
            contact_point,
            sa.and_(
                contact_point.c.clinic_id == outbound.c.clinic_id,
                contact_point.c.patient_id == outbound.c.patient_id,
                contact_point.c.channel == other,
                contact_point.c.replaced_at.is_(None),
            ),
        )
        .join(consent, _is_newest_consent(other))
        .where(
            outbound.c.clinic_id == ended.clinic_id,
            outbound.c.id == ended.outbound_id,
            outbound.c.useful_until > product_now,
            consent.c.state == ConsentState.GRANTED,
            sa.or_(
                consent.c.contact_point_id.is_(None),
                consent.c.contact_point_id == contact_point.c.id,
            ),
            ~_is_suppressed(),
            ~_has_opted_out(),
        )
    )
    return (
        insert(outbound)
        .from_select([*_TAKEN_OVER, *new], planned)
        .on_conflict_do_nothing()
        .returning(outbound.c.id)
    )


def _is_newest_consent(other: Channel) -> sa.ColumnElement[bool]:
    later = consent.alias("later")
    newest = (
        sa.select(sa.func.max(later.c.id))
        .where(
            later.c.clinic_id == outbound.c.clinic_id,
            later.c.patient_id == outbound.c.patient_id,
            later.c.channel == other,
            later.c.purpose == outbound.c.purpose,
        )
        .correlate(outbound)
        .scalar_subquery()
    )
    return sa.and_(consent.c.clinic_id == outbound.c.clinic_id, consent.c.id == newest)


def _is_suppressed() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            suppression.c.clinic_id == contact_point.c.clinic_id,
            suppression.c.channel == contact_point.c.channel,
            suppression.c.address_index == contact_point.c.address_index,
            suppression.c.lifted_at.is_(None),
        )
        .correlate(contact_point)
    )


def _has_opted_out() -> sa.ColumnElement[bool]:
    """Whether the owner of the address that failed has told us, or the carrier, to stop."""
    failed = contact_point.alias("failed")
    return (
        sa.exists()
        .where(
            failed.c.clinic_id == outbound.c.clinic_id,
            failed.c.id == outbound.c.contact_point_id,
            suppression.c.clinic_id == failed.c.clinic_id,
            suppression.c.channel == failed.c.channel,
            suppression.c.address_index == failed.c.address_index,
            suppression.c.reason == SuppressionReason.OPT_OUT,
            suppression.c.lifted_at.is_(None),
        )
        .correlate(outbound)
    )
