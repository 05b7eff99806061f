"""What is to be sent, what became of it, and what came back."""

from datetime import datetime
from typing import Final
from uuid import UUID

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
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.inbox import inbox_table
from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import (
    AddressFault,
    AttemptOutcome,
    Mode,
    ReceiptState,
    ReminderStatus,
    TaskKind,
)
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.database.columns import INSTANT, Loose, OneOf, Owned, metadata, of, table

_WAITING = "state = 'SCHEDULED' and hold_id is null"
TO_FOLLOW: Final = (
    "followed_state is distinct from state and (kind in ('REMINDER', 'CORRECTION', 'SAFETY')"
    " and state in ('FAILED', 'UNDELIVERED', 'EXPIRED', 'SKIPPED')"
    " or kind = 'REMINDER' and step_kind = 'CHECK_IN'"
    " and state in ('ACCEPTED', 'DELIVERED', 'UNKNOWN'))"
)
TO_FOLLOW_MERGED: Final = "state = 'MERGED' and step_kind = 'CHECK_IN' and followed_state is null"
"""What the sweeper's statements say in the indexes' own words: others would not find them."""


class OutboundColumns(Owned):
    """One thing to send on one channel to one contact point.

    `due_at` and `useful_until` are product time; `not_before` and `lease_until` real time.
    """

    kind: Named[OutboundKind] = Column(OneOf(OutboundKind))
    mode: Named[Mode] = Column(OneOf(Mode))
    patient_id: Named[int | None] = Column(BigInteger)
    contact_point_id: Named[int | None] = Column(BigInteger)
    enrollment_id: Named[int | None] = Column(BigInteger)
    step_key: Named[str | None] = Column(Text)
    step_kind: Named[StepKind | None] = Column(OneOf(StepKind))
    purpose: Named[Purpose] = Column(OneOf(Purpose))
    channel: Named[Channel] = Column(OneOf(Channel))
    lane: Named[int] = Column(SmallInteger, server_default=str(Priority.NORMAL.value))
    state: Named[ReminderStatus] = Column(OneOf(ReminderStatus))
    state_reason: Named[str | None] = Column(Text)
    state_at: Named[datetime] = Column(INSTANT)
    due_at: Named[datetime] = Column(INSTANT)
    useful_until: Named[datetime] = Column(INSTANT)
    local_due_at: Named[str] = Column(Text)
    time_zone: Named[str] = Column(Text)
    # Always there and never null, so that the claim compares one plain column.
    not_before: Named[datetime] = Column(INSTANT, server_default=sa.text("'epoch'::timestamptz"))
    token: Named[int] = Column(BigInteger, server_default="0")
    owner: Named[UUID | None] = Column(sa.Uuid)
    lease_until: Named[datetime | None] = Column(INSTANT)
    attempts: Named[int] = Column(SmallInteger, server_default="0")
    subject_sealed: Named[bytes | None] = Column(LargeBinary)
    body_sealed: Named[bytes | None] = Column(LargeBinary)
    consent_id: Named[int | None] = Column(BigInteger)
    created_at: Named[datetime] = Column(INSTANT)
    spent: Named[int] = Column(SmallInteger, server_default="0")
    # A hold belongs to no clinic, so no foreign key: what points to none is let go by the sweeper.
    hold_id: Named[int | None] = Column(BigInteger)
    retry_of: Named[int | None] = Column(BigInteger)  # the message that failed before this one
    alert_contact_id: Named[int | None] = Column(BigInteger)  # whom of the staff it is for
    # Its state when what follows from it was last seen to: a check-in opened, a task for staff.
    followed_state: Named[ReminderStatus | None] = Column(OneOf(ReminderStatus, is_checked=False))
    merged_into: Named[int | None] = Column(BigInteger)  # the message that carries this one's text
    # How often the step was planned anew after it had ended: for another date of the procedure.
    occasion: Named[int] = Column(SmallInteger, server_default="0")
    # The plan version it ended under, if its enrollment follows another version now.
    plan_version_id: Named[int | None] = Column(BigInteger)


outbound = table(
    "outbound",
    OutboundColumns,
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    of("enrollment", "enrollment_id"),
    of("consent", "consent_id"),
    of("outbound", "retry_of"),
    of("plan_version", "plan_version_id"),
    of("alert_contact", "alert_contact_id"),
    of("outbound", "merged_into"),
    CheckConstraint("state <> 'MERGED' or merged_into is not null", name="merged"),
    CheckConstraint("lane between 0 and 2", name="lane"),
    CheckConstraint("kind <> 'REMINDER' or enrollment_id is not null", name="reminder"),
    Index(
        "outbound_reminder_once",
        "clinic_id",
        "enrollment_id",
        "step_key",
        "channel",
        "occasion",
        unique=True,
        postgresql_where=sa.text("kind = 'REMINDER' and retry_of is null"),
    ),
    Index(
        "outbound_retry_once",
        "clinic_id",
        "retry_of",
        unique=True,
        postgresql_where=sa.text("retry_of is not null"),
    ),
    Index("outbound_due", "channel", "lane", "due_at", postgresql_where=sa.text(_WAITING)),
    Index(
        "outbound_fair",
        *("channel", "lane", "clinic_id", "due_at"),
        postgresql_where=sa.text(_WAITING),
    ),
    Index(
        "outbound_held",
        "hold_id",
        postgresql_where=sa.text("state = 'SCHEDULED' and hold_id is not null"),
    ),
    Index("outbound_failed", "state_at", postgresql_where=sa.text("state = 'FAILED'")),
    Index("outbound_follow", "state_at", postgresql_where=sa.text(TO_FOLLOW)),
    Index("outbound_follow_merged", "due_at", postgresql_where=sa.text(TO_FOLLOW_MERGED)),
    Index("outbound_expiry", "useful_until", postgresql_where=sa.text("state = 'SCHEDULED'")),
    # Not by state: beginning and ending a send would read all that is leased, not their own rows.
    Index("outbound_lease", "lease_until", postgresql_where=sa.text("lease_until is not null")),
    Index("outbound_unknown", "state_at", postgresql_where=sa.text("state = 'UNKNOWN'")),
    Index(
        "outbound_merged",
        "clinic_id",
        "merged_into",
        postgresql_where=sa.text("merged_into is not null"),  # the foreign key looks here too
    ),
    Index(
        "outbound_carried", "useful_until", "due_at", postgresql_where=sa.text("state = 'MERGED'")
    ),
    Index("outbound_clinic", "clinic_id", "due_at", "id"),
    Index("outbound_patient", "clinic_id", "patient_id", "due_at", "id"),
    Index("outbound_enrollment", "clinic_id", "enrollment_id", "due_at", "id"),
)


class DeliveryAttemptColumns(Owned):
    """One call to one provider, stored before it is made.

    A text that the provider does not carry whole goes out as several parts, each by an attempt of
    its own. `text_until` is where its part ends in the text, None at the text's end.
    """

    outbound_id: Named[int] = Column(BigInteger)
    number: Named[int] = Column(SmallInteger)
    part: Named[int] = Column(SmallInteger, server_default="1")
    text_until: Named[int | None] = Column(sa.Integer)
    token: Named[int] = Column(BigInteger)
    owner: Named[UUID] = Column(sa.Uuid)
    provider: Named[str] = Column(Text)
    sender_id: Named[int | None] = Column(BigInteger)
    consent_id: Named[int | None] = Column(BigInteger)  # relied on; the message's may be newer
    started_at: Named[datetime] = Column(INSTANT)
    ended_at: Named[datetime | None] = Column(INSTANT)
    outcome: Named[AttemptOutcome] = Column(OneOf(AttemptOutcome))
    code: Named[str | None] = Column(Text)
    provider_reference: Named[str | None] = Column(Text)


delivery_attempt = table(
    "delivery_attempt",
    DeliveryAttemptColumns,
    of("outbound", "outbound_id"),
    of("sender", "sender_id"),
    UniqueConstraint("clinic_id", "outbound_id", "number"),
    Index(
        # The one rule that prevents doubles: no second attempt beside one that may have been sent.
        "delivery_attempt_once",
        "clinic_id",
        "outbound_id",
        "part",
        unique=True,
        postgresql_where=sa.text("outcome in ('OPEN', 'ACCEPTED', 'UNKNOWN')"),
    ),
    Index("delivery_attempt_reference", "provider", "provider_reference"),
    Index("delivery_attempt_owner", "owner", postgresql_where=sa.text("outcome = 'OPEN'")),
)


class ReceiptColumns(Owned):
    attempt_id: Named[int] = Column(BigInteger)
    state: Named[ReceiptState] = Column(OneOf(ReceiptState))
    provider_state: Named[str] = Column(Text)
    code: Named[str] = Column(Text, server_default="")  # '' for none: NULLs are never equal
    about_address: Named[AddressFault | None] = Column(OneOf(AddressFault))
    received_at: Named[datetime] = Column(INSTANT)


receipt = table(
    "receipt",
    ReceiptColumns,
    of("delivery_attempt", "attempt_id"),
    UniqueConstraint("clinic_id", "attempt_id", "provider_state", "code"),
)


class InboundMessageColumns(Loose):
    """Clinic 0 holds what came to a sender nobody has: nothing a patient writes is dropped."""

    patient_id: Named[int | None] = Column(BigInteger)
    contact_point_id: Named[int | None] = Column(BigInteger)
    sender_id: Named[int | None] = Column(BigInteger)
    mode: Named[Mode] = Column(OneOf(Mode), server_default=str(Mode.LIVE))
    channel: Named[Channel] = Column(OneOf(Channel))
    provider: Named[str] = Column(Text)
    provider_message_id: Named[str] = Column(Text)
    media: Named[int] = Column(SmallInteger, server_default="0")  # they stay with the provider
    answers_id: Named[int | None] = Column(BigInteger)  # the last message they had from us
    check_in_id: Named[int | None] = Column(BigInteger)  # the question it is attached to
    text_sealed: Named[bytes | None] = Column(LargeBinary)
    their_address_sealed: Named[bytes | None] = Column(LargeBinary)
    address_index: Named[bytes] = Column(LargeBinary)
    understood_as: Named[str] = Column(Text)
    received_at: Named[datetime] = Column(INSTANT)


inbound_message = table(
    "inbound_message",
    InboundMessageColumns,
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    of("sender", "sender_id"),
    of("outbound", "answers_id"),
    of("check_in", "check_in_id"),
    UniqueConstraint("clinic_id", "provider", "provider_message_id"),
    Index("inbound_message_patient", "clinic_id", "patient_id", "received_at"),
    Index("inbound_message_clinic", "clinic_id", "received_at", "id"),
)


class StaffTaskColumns(Owned):
    kind: Named[TaskKind] = Column(OneOf(TaskKind))
    title: Named[str] = Column(Text)  # names no patient
    # Until it is done, nothing is sent to whoever wrote `inbound_id`.
    holds_sending: Named[bool] = Column(sa.Boolean, server_default=sa.false())
    patient_id: Named[int | None] = Column(BigInteger)
    enrollment_id: Named[int | None] = Column(BigInteger)
    outbound_id: Named[int | None] = Column(BigInteger)
    inbound_id: Named[int | None] = Column(BigInteger)
    step_key: Named[str | None] = Column(Text)
    opened_at: Named[datetime] = Column(INSTANT)
    due_at: Named[datetime | None] = Column(INSTANT)
    climbs_at: Named[datetime | None] = Column(INSTANT)  # when staff are alerted if it is open
    done_at: Named[datetime | None] = Column(INSTANT)
    done_by: Named[str | None] = Column(Text)
    note_sealed: Named[bytes | None] = Column(LargeBinary)


staff_task = table(
    "staff_task",
    StaffTaskColumns,
    of("patient", "patient_id"),
    of("enrollment", "enrollment_id"),
    of("outbound", "outbound_id"),
    of("inbound_message", "inbound_id"),
    Index("staff_task_open", "clinic_id", "opened_at", postgresql_where=sa.text("done_at is null")),
    Index("staff_task_enrollment", "clinic_id", "enrollment_id"),
    Index(
        "staff_task_unreachable_once",
        *("clinic_id", "enrollment_id"),
        unique=True,
        # Those with a step are about an address that a message of that step went to.
        postgresql_where=sa.text("kind = 'UNREACHABLE' and step_key is null and done_at is null"),
    ),
    Index(
        "staff_task_unreached_once",
        *("clinic_id", "enrollment_id", "step_key"),
        unique=True,
        postgresql_where=sa.text("kind = 'UNREACHED'"),
    ),
    Index(
        "staff_task_noted",
        *("clinic_id", "done_at"),
        postgresql_where=sa.text("note_sealed is not null"),
    ),
    Index(
        "staff_task_climbing",
        "climbs_at",
        postgresql_where=sa.text("climbs_at is not null and done_at is null"),
    ),
    Index(
        "staff_task_holding",
        "clinic_id",
        "inbound_id",
        postgresql_where=sa.text("holds_sending and done_at is null"),
    ),
)


class DecisionColumns(Loose):
    """Why an outbound is what it is; append-only.

    Decisions taken at once are one row: the first of them, and the others in `further`, in order,
    as an array of [code, detail]. That the clinic exists follows from its outbound's own key.
    """

    outbound_id: Named[int] = Column(BigInteger)
    at: Named[datetime] = Column(INSTANT)
    code: Named[str] = Column(Text)
    detail: Named[str | None] = Column(Text)
    further: Named[list[list[str | None]] | None] = Column(JSONB(none_as_null=True))


decision = table(
    "decision",
    DecisionColumns,
    of("outbound", "outbound_id"),
    Index("decision_outbound", "clinic_id", "outbound_id", "id"),
)


class IdempotencyColumns(Owned):
    mode: Named[Mode] = Column(OneOf(Mode))
    mutation: Named[str] = Column(Text)
    key: Named[str] = Column(Text)
    input_hash: Named[bytes] = Column(LargeBinary)
    result_id: Named[int] = Column(BigInteger)
    at: Named[datetime] = Column(INSTANT)


idempotency = table(
    "idempotency",
    IdempotencyColumns,
    UniqueConstraint("clinic_id", "mode", "mutation", "key"),
)


inbox = inbox_table(metadata)
