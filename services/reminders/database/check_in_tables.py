"""Questions put to patients, and whom a clinic alerts when an answer is bad."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Named,
    SmallInteger,
    Text,
    UniqueConstraint,
)

from services.contracts.catalog import Channel
from services.contracts.words import AlertHours, CheckInLevel, EscalationOutcome, Mode
from services.reminders.database.columns import INSTANT, OneOf, Owned, of, table


class CheckInColumns(Owned):
    """A question that was sent; it is in the pinned plan, under `step_key`.

    `nudge_at` is None once there is nothing to nudge for. All times are product time.
    """

    mode: Named[Mode] = Column(OneOf(Mode))
    outbound_id: Named[int] = Column(BigInteger)
    patient_id: Named[int] = Column(BigInteger)
    contact_point_id: Named[int] = Column(BigInteger)
    enrollment_id: Named[int] = Column(BigInteger)
    step_key: Named[str] = Column(Text)
    level: Named[CheckInLevel] = Column(OneOf(CheckInLevel))
    opened_at: Named[datetime] = Column(INSTANT)
    nudge_at: Named[datetime | None] = Column(INSTANT)
    nudge_id: Named[int | None] = Column(BigInteger)
    closes_at: Named[datetime] = Column(INSTANT)
    answer_sealed: Named[bytes | None] = Column(LargeBinary)
    answered_via: Named[str | None] = Column(Text)
    answered_at: Named[datetime | None] = Column(INSTANT)


_WAITING = "level = 'WAITING'"

check_in = table(
    "check_in",
    CheckInColumns,
    of("outbound", "outbound_id"),
    of("outbound", "nudge_id"),
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    of("enrollment", "enrollment_id"),
    UniqueConstraint("clinic_id", "enrollment_id", "step_key"),
    Index(
        "check_in_nudge",
        "nudge_at",
        postgresql_where=sa.text(f"{_WAITING} and nudge_at is not null"),
    ),
    Index("check_in_closing", "closes_at", postgresql_where=sa.text(_WAITING)),
    Index("check_in_patient", "clinic_id", "patient_id", "opened_at"),
    Index(
        "check_in_answered",
        *("clinic_id", "opened_at"),
        postgresql_where=sa.text("answer_sealed is not null"),
    ),
)


class EscalationColumns(Owned):
    """`rung` is the next step of the chain, taken at `alert_at`; None: nobody is alerted.

    The steps count from `alerted_from`, which is None in the first round: from `opened_at`. Another
    round begins if the patient is in danger again after somebody has acknowledged it.
    """

    mode: Named[Mode] = Column(OneOf(Mode))
    level: Named[CheckInLevel] = Column(OneOf(CheckInLevel))
    reason_sealed: Named[bytes | None] = Column(LargeBinary)
    patient_id: Named[int] = Column(BigInteger)
    enrollment_id: Named[int] = Column(BigInteger)
    check_in_id: Named[int | None] = Column(BigInteger)
    inbound_id: Named[int | None] = Column(BigInteger)
    must_phone: Named[bool] = Column(sa.Boolean, server_default=sa.false())  # cannot be texted
    opened_at: Named[datetime] = Column(INSTANT)
    round: Named[int] = Column(SmallInteger, server_default="0")
    alerted_from: Named[datetime | None] = Column(INSTANT)
    rung: Named[int] = Column(SmallInteger, server_default="0")
    alert_at: Named[datetime | None] = Column(INSTANT)
    acknowledged_at: Named[datetime | None] = Column(INSTANT)
    acknowledged_by: Named[str | None] = Column(Text)
    resolved_at: Named[datetime | None] = Column(INSTANT)
    resolved_by: Named[str | None] = Column(Text)
    outcome: Named[EscalationOutcome | None] = Column(OneOf(EscalationOutcome))
    note_sealed: Named[bytes | None] = Column(LargeBinary)


escalation = table(
    "escalation",
    EscalationColumns,
    of("patient", "patient_id"),
    of("enrollment", "enrollment_id"),
    of("check_in", "check_in_id"),
    of("inbound_message", "inbound_id"),
    CheckConstraint("(resolved_at is null) = (outcome is null)", name="resolved"),
    Index(
        "escalation_open_once",
        *("clinic_id", "enrollment_id"),
        unique=True,
        postgresql_where=sa.text("resolved_at is null"),
    ),
    Index("escalation_alert", "alert_at", postgresql_where=sa.text("alert_at is not null")),
    Index("escalation_clinic", "clinic_id", "opened_at", "id"),
    Index("escalation_check_in", "clinic_id", "check_in_id"),
    Index(
        "escalation_noted",
        *("clinic_id", "resolved_at"),
        postgresql_where=sa.text("reason_sealed is not null or note_sealed is not null"),
    ),
)


class AlertContactColumns(Owned):
    """Who of the clinic's people is alerted at which step of the chain."""

    tier: Named[int] = Column(SmallInteger)
    hours: Named[AlertHours] = Column(OneOf(AlertHours))
    channel: Named[Channel] = Column(OneOf(Channel))
    address_sealed: Named[bytes] = Column(LargeBinary)
    address_index: Named[bytes] = Column(LargeBinary)
    label: Named[str | None] = Column(Text)
    created_at: Named[datetime] = Column(INSTANT)
    proven_at: Named[datetime | None] = Column(INSTANT)
    removed_at: Named[datetime | None] = Column(INSTANT)


alert_contact = table(
    "alert_contact",
    AlertContactColumns,
    CheckConstraint("tier between 0 and 4", name="tier"),
    Index(
        "alert_contact_once",
        *("clinic_id", "tier", "hours", "channel", "address_index"),
        unique=True,
        postgresql_where=sa.text("removed_at is null"),
    ),
)


class AlertColumns(Owned):
    """One message to one contact. Without an escalation it is a test of the chain."""

    escalation_id: Named[int | None] = Column(BigInteger)
    alert_contact_id: Named[int] = Column(BigInteger)
    round: Named[int] = Column(SmallInteger, server_default="0")
    rung: Named[int] = Column(SmallInteger)
    outbound_id: Named[int | None] = Column(BigInteger)
    sent_at: Named[datetime] = Column(INSTANT)
    acknowledged_at: Named[datetime | None] = Column(INSTANT)
    acknowledged_by: Named[str | None] = Column(Text)


alert = table(
    "alert",
    AlertColumns,
    of("escalation", "escalation_id"),
    of("alert_contact", "alert_contact_id"),
    of("outbound", "outbound_id"),
    UniqueConstraint(
        *("clinic_id", "escalation_id", "round", "rung", "alert_contact_id"), name="alert_once"
    ),
    Index("alert_outbound", "clinic_id", "outbound_id"),
)
