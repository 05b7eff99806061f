"""Who is cared for, how they may be reached, and what they are enrolled in."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    Named,
    Text,
    TypedColumns,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import (
    ConsentBasis,
    ConsentMethod,
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    SuppressionReason,
)
from services.reminders.core.enrollment import EventKind
from services.reminders.database.columns import INSTANT, OneOf, Owned, of, table


class ClinicColumns(TypedColumns):
    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    name: Named[str] = Column(Text, unique=True)
    time_zone: Named[str] = Column(Text)
    locale: Named[str] = Column(Text)
    country: Named[str] = Column(Text)
    emergency_number: Named[str] = Column(Text)
    phone: Named[str | None] = Column(Text)
    quiet_start: Named[time] = Column(sa.Time)
    quiet_end: Named[time] = Column(sa.Time)
    opening_hours: Named[Sequence[Any]] = Column(JSONB, server_default="[]")
    closures: Named[Sequence[Any]] = Column(JSONB, server_default="[]")
    out_of_hours: Named[str | None] = Column(Text)
    sms_name: Named[str | None] = Column(Text)  # None: as proposed from the name
    countries: Named[Sequence[str]] = Column(ARRAY(Text), server_default="{}")
    suspended_at: Named[datetime | None] = Column(INSTANT)
    suspension_hold: Named[int | None] = Column(BigInteger)  # the hold that keeps it silent
    created_at: Named[datetime] = Column(INSTANT)


clinic = table("clinic", ClinicColumns)


class SenderColumns(Owned):
    """An address to send from, with the provider's account that it belongs to.

    Without an account it is of the provider's account in the settings; `secret_file` is a name
    in the folder of secrets. A country of None is the clinic's.
    """

    channel: Named[Channel] = Column(OneOf(Channel))
    provider: Named[str] = Column(Text)
    address: Named[str] = Column(Text)
    is_default: Named[bool] = Column(sa.Boolean)
    country: Named[str | None] = Column(Text)
    is_two_way: Named[bool] = Column(sa.Boolean, server_default=sa.true())
    account: Named[str | None] = Column(Text)
    secret_file: Named[str | None] = Column(Text)
    most_parts: Named[int | None] = Column(sa.SmallInteger)  # of a text carried whole
    data_agreement: Named[str | None] = Column(Text)
    opt_out_way: Named[str | None] = Column(Text)
    postal_address: Named[str | None] = Column(Text)
    bounce_domain: Named[str | None] = Column(Text)  # in lower case


sender = table(
    "sender",
    SenderColumns,
    UniqueConstraint("clinic_id", "channel", "provider", "address"),
    CheckConstraint("(account is null) = (secret_file is null)", name="account"),
    Index("sender_address", "channel", "address"),
)


class PatientColumns(Owned):
    mode: Named[Mode] = Column(OneOf(Mode))
    reference: Named[str | None] = Column(Text)
    name_sealed: Named[bytes | None] = Column(LargeBinary)
    is_adult: Named[bool | None] = Column(sa.Boolean)
    time_zone: Named[str | None] = Column(Text)  # None: the clinic's
    region: Named[str | None] = Column(Text)
    locale: Named[str] = Column(Text)
    channels: Named[Sequence[str]] = Column(ARRAY(Text))
    detail: Named[MessageDetail] = Column(OneOf(MessageDetail))
    quiet_start: Named[time | None] = Column(sa.Time)
    quiet_end: Named[time | None] = Column(sa.Time)
    paused_until: Named[datetime | None] = Column(INSTANT)
    created_at: Named[datetime] = Column(INSTANT)
    erased_at: Named[datetime | None] = Column(INSTANT)
    erased_by: Named[str | None] = Column(Text)
    erase_reason_sealed: Named[bytes | None] = Column(LargeBinary)


patient = table(
    "patient",
    PatientColumns,
    UniqueConstraint("clinic_id", "mode", "reference"),
    CheckConstraint("(quiet_start is null) = (quiet_end is null)", name="quiet_hours"),
    Index("patient_erased", "erased_at", postgresql_where=sa.text("erased_at is not null")),
)


class ContactPointColumns(Owned):
    patient_id: Named[int] = Column(BigInteger)
    channel: Named[Channel] = Column(OneOf(Channel))
    address_sealed: Named[bytes | None] = Column(LargeBinary)  # None: forgotten
    address_index: Named[bytes] = Column(LargeBinary)
    owner: Named[ContactOwner] = Column(OneOf(ContactOwner))
    verified_at: Named[datetime | None] = Column(INSTANT)
    created_at: Named[datetime] = Column(INSTANT)
    replaced_at: Named[datetime | None] = Column(INSTANT)  # None: the current one


contact_point = table(
    "contact_point",
    ContactPointColumns,
    of("patient", "patient_id"),
    Index(
        "contact_point_current",
        "clinic_id",
        "patient_id",
        "channel",
        unique=True,
        postgresql_where=sa.text("replaced_at is null"),
    ),
    Index("contact_point_address", "address_index", "clinic_id"),
    CheckConstraint("replaced_at is not null or address_sealed is not null", name="address"),
    Index(
        "contact_point_replaced",
        *("clinic_id", "replaced_at"),
        postgresql_where=sa.text("replaced_at is not null and address_sealed is not null"),
    ),
)


class ConsentColumns(Owned):
    """Append-only: the newest row of (patient, channel, purpose) rules."""

    patient_id: Named[int] = Column(BigInteger)
    contact_point_id: Named[int | None] = Column(BigInteger)
    channel: Named[Channel] = Column(OneOf(Channel))
    purpose: Named[Purpose] = Column(OneOf(Purpose))
    state: Named[ConsentState] = Column(OneOf(ConsentState))
    detail: Named[MessageDetail] = Column(OneOf(MessageDetail))
    method: Named[ConsentMethod | None] = Column(OneOf(ConsentMethod))
    basis: Named[ConsentBasis] = Column(OneOf(ConsentBasis))
    source: Named[str] = Column(Text)
    wording_version: Named[str | None] = Column(Text)
    evidence_sealed: Named[bytes | None] = Column(LargeBinary)
    recorded_by: Named[str | None] = Column(Text)
    obtained_at: Named[datetime | None] = Column(INSTANT)
    recorded_at: Named[datetime] = Column(INSTANT)


consent = table(
    "consent",
    ConsentColumns,
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    Index("consent_latest", "clinic_id", "patient_id", "channel", "purpose", "id"),
)


class SuppressionColumns(Owned):
    channel: Named[Channel] = Column(OneOf(Channel))
    address_index: Named[bytes] = Column(LargeBinary)
    reason: Named[SuppressionReason] = Column(OneOf(SuppressionReason))
    since: Named[datetime] = Column(INSTANT)
    recorded_by: Named[str | None] = Column(Text)  # None: the address's owner, or a provider
    evidence_sealed: Named[bytes | None] = Column(LargeBinary)
    lifted_at: Named[datetime | None] = Column(INSTANT)
    lifted_by: Named[str | None] = Column(Text)
    lift_evidence_sealed: Named[bytes | None] = Column(LargeBinary)


suppression = table(
    "suppression",
    SuppressionColumns,
    Index(
        "suppression_standing",
        "clinic_id",
        "channel",
        "address_index",
        "reason",
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    ),
)


class PlanVersionColumns(Owned):
    """A plan as it was when somebody was enrolled in it; rows never change."""

    slug: Named[str] = Column(Text)
    version: Named[int] = Column(sa.Integer)
    overlay_version: Named[int] = Column(sa.Integer, server_default="0")
    content: Named[bytes] = Column(LargeBinary)  # MessagePack of contracts.catalog.AftercarePlan
    content_hash: Named[str] = Column(Text)
    locale: Named[str] = Column(Text)


plan_version = table(
    "plan_version",
    PlanVersionColumns,
    UniqueConstraint(
        "clinic_id",
        "slug",
        "version",
        "overlay_version",
        "locale",
        "content_hash",
        name="plan_version_once",
    ),
)


class EnrollmentColumns(Owned):
    mode: Named[Mode] = Column(OneOf(Mode))
    patient_id: Named[int] = Column(BigInteger)
    plan_version_id: Named[int] = Column(BigInteger)
    status: Named[EnrollmentStatus] = Column(OneOf(EnrollmentStatus))
    procedure_at: Named[datetime] = Column(INSTANT)
    procedure_ended_at: Named[datetime | None] = Column(INSTANT)
    procedure_state: Named[ProcedureState] = Column(OneOf(ProcedureState))
    performed_by: Named[str | None] = Column(Text)
    reference: Named[str | None] = Column(Text)
    visit_reference: Named[str | None] = Column(Text)
    created_at: Named[datetime] = Column(INSTANT)
    ended_at: Named[datetime | None] = Column(INSTANT)
    end_reason_sealed: Named[bytes | None] = Column(LargeBinary)
    ends_at: Named[datetime | None] = Column(INSTANT)  # when its last step is of no more use
    # Staff were asked whether the procedure took place at its time as it stands now.
    confirmation_asked_at: Named[datetime | None] = Column(INSTANT)


enrollment = table(
    "enrollment",
    EnrollmentColumns,
    of("patient", "patient_id"),
    of("plan_version", "plan_version_id"),
    UniqueConstraint("clinic_id", "mode", "reference"),
    Index("enrollment_patient", "clinic_id", "patient_id", "procedure_at", "id"),
    Index("enrollment_clinic", "clinic_id", "procedure_at", "id"),
    Index(
        "enrollment_unconfirmed",
        "procedure_at",
        postgresql_where=sa.text(
            "procedure_state = 'PLANNED' and status in ('ACTIVE', 'PAUSED')"
            " and confirmation_asked_at is null"
        ),
    ),
    Index(
        "enrollment_over",
        "ends_at",
        postgresql_where=sa.text("status = 'ACTIVE' and procedure_state = 'PERFORMED'"),
    ),
)


class EnrollmentEventColumns(Owned):
    enrollment_id: Named[int] = Column(BigInteger)
    at: Named[datetime] = Column(INSTANT)
    kind: Named[EventKind] = Column(OneOf(EventKind))
    actor: Named[str] = Column(Text)
    content: Named[bytes] = Column(LargeBinary)  # MessagePack; says nothing about a person


enrollment_event = table(
    "enrollment_event",
    EnrollmentEventColumns,
    of("enrollment", "enrollment_id"),
    Index("enrollment_event_enrollment", "clinic_id", "enrollment_id", "id"),
)


class ConsentCodeColumns(Owned):
    """`sent_at`, `expires_at` and `used_at` are real time: a code is a guard, not care.

    `code_index` is an HMAC bound to the contact point; the code itself is nowhere but in the
    sealed message. A request for a patient that is not there is kept as well, so that limits
    tell nobody who is: `subject_index` is an HMAC of the id that was asked with, if any.
    """

    patient_id: Named[int | None] = Column(BigInteger)
    contact_point_id: Named[int | None] = Column(BigInteger)
    channel: Named[Channel] = Column(OneOf(Channel))
    subject_index: Named[bytes | None] = Column(LargeBinary)
    address_index: Named[bytes | None] = Column(LargeBinary)
    asked_by: Named[str] = Column(Text)
    code_index: Named[bytes | None] = Column(LargeBinary)
    tries: Named[int] = Column(sa.SmallInteger, server_default="0")
    sent_at: Named[datetime] = Column(INSTANT)
    expires_at: Named[datetime] = Column(INSTANT)
    used_at: Named[datetime | None] = Column(INSTANT)


consent_code = table(
    "consent_code",
    ConsentCodeColumns,
    of("patient", "patient_id"),
    of("contact_point", "contact_point_id"),
    Index("consent_code_patient", "clinic_id", "patient_id", "channel", "id"),
    Index("consent_code_subject", "clinic_id", "subject_index", "sent_at"),
    Index("consent_code_address", "address_index", "sent_at"),
    Index("consent_code_asked_by", "clinic_id", "asked_by", "sent_at"),
)
