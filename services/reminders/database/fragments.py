"""Conditions that several statements share. Each rule that SQL must know is written here once.

The statement that begins an attempt, the fallback to another channel and the reading of a dispatch
context build on these, so they cannot give different answers.
"""

from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.states import origins
from services.reminders.database.tables import consent, outbound, suppression

Column = sa.ColumnElement[Any]


def stands_for(clinic_id: Column, channel: Column, address_index: Column) -> sa.ColumnElement[bool]:
    """Whether a row of `suppression` is about this address and has not been lifted."""
    return sa.and_(
        suppression.c.clinic_id == clinic_id,
        suppression.c.channel == channel,
        suppression.c.address_index == address_index,
        suppression.c.lifted_at.is_(None),
    )


def is_suppressed(
    clinic_id: Column, channel: Column, address_index: Column, *which: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Whether a suppression stands for this address; `which` narrows those that count."""
    return (
        sa.exists()
        .where(stands_for(clinic_id, channel, address_index), *which)
        .correlate_except(suppression)
    )


def is_in_ledger(
    ledger: sa.FromClause, clinic_id: Column, patient_id: Column, channel: Column, purpose: Column
) -> sa.ColumnElement[bool]:
    """Whether a row of `consent` is about this patient, channel and purpose."""
    return sa.and_(
        ledger.c.clinic_id == clinic_id,
        ledger.c.patient_id == patient_id,
        ledger.c.channel == channel,
        ledger.c.purpose == purpose,
    )


def newest_consent_id(
    clinic_id: Column, patient_id: Column, channel: Column, purpose: Column
) -> sa.ScalarSelect[Any]:
    """The consent that counts. Rows of the ledger never change, and ids only grow."""
    ledger = consent.alias("ledger")
    return (
        sa.select(sa.func.max(ledger.c.id))
        .where(is_in_ledger(ledger, clinic_id, patient_id, channel, purpose))
        .correlate_except(ledger)
        .scalar_subquery()
    )


def is_claimable(channel: Column, priority: Column) -> sa.ColumnElement[bool]:
    """Whether a message of this channel and priority is due, and nothing keeps it back.

    The priority is compared and never sorted by, so an index gives the rows by `due_at`.
    """
    return sa.and_(
        outbound.c.state.in_(origins(ReminderStatus.QUEUED)),
        outbound.c.channel == channel,
        outbound.c.lane == priority,
        outbound.c.hold_id.is_(None),
        outbound.c.due_at <= product_now,
        outbound.c.not_before <= sa.func.now(),
    )
