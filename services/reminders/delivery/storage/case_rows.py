"""What is known about claimed messages: one row for each, read by one statement."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.clinic_hours import OpeningHours
from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    MessageDetail,
    ProcedureState,
    SuppressionReason,
)
from services.reminders.core.claim import Claim
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.tables import (
    clinic,
    consent,
    contact_point,
    enrollment,
    patient,
    plan_version,
    suppression,
)
from services.reminders.database.unnest import table_of, values_of
from services.reminders.delivery.domain.dispatch import StandingConsent

Key = tuple[int, int]
AddressKey = tuple[int, Channel, bytes]  # (clinic id, channel, index)


class Known(msgspec.Struct, frozen=True):
    """A message's patient, current address, enrollment and newest consent, as far as it has them.

    Fields are columns, in order.
    """

    now: datetime
    clinic_id: int
    id: int
    name_sealed: bytes | None
    time_zone: str | None
    region: str | None
    locale: str | None
    quiet_start: time | None
    quiet_end: time | None
    preferred_detail: str | None
    paused_until: datetime | None
    address_sealed: bytes | None
    is_shared: bool
    plan_version_id: int | None
    enrollment_status: str | None
    procedure_state: str | None
    procedure_at: datetime | None
    procedure_ended_at: datetime | None
    consent_id: int | None
    consent_state: str | None
    consent_detail: str | None
    consent_contact_id: int | None

    @property
    def consent(self) -> StandingConsent | None:
        if self.consent_id is None or self.consent_state is None or self.consent_detail is None:
            return None
        return StandingConsent(
            id=self.consent_id,
            state=ConsentState(self.consent_state),
            detail=MessageDetail(self.consent_detail),
            contact_point_id=self.consent_contact_id,
        )

    @property
    def enrollment(self) -> dict[str, Any]:
        """For `Circumstances`."""
        if self.enrollment_status is None or self.procedure_state is None:
            return {}
        return {
            "enrollment_status": EnrollmentStatus(self.enrollment_status),
            "procedure_state": ProcedureState(self.procedure_state),
        }

    @property
    def preferences(self) -> dict[str, Any]:
        """For `Circumstances`."""
        if self.preferred_detail is None:  # no patient: a patient's is never null
            return {}
        return {
            "preferred_detail": MessageDetail(self.preferred_detail),
            "paused_until": self.paused_until,
        }


class Place(msgspec.Struct, frozen=True):
    """A clinic; fields are columns, in order."""

    id: int
    name: str
    phone: str | None
    country: str
    emergency_number: str
    time_zone: str
    locale: str
    quiet_start: time
    quiet_end: time
    opening_hours: tuple[OpeningHours, ...]
    out_of_hours: str | None


class Content(msgspec.Struct, frozen=True):
    """A plan version, as it is stored."""

    clinic_id: int
    id: int
    slug: str
    version: int
    content: bytes


def read_known(connection: sa.Connection, claims: Sequence[Claim]) -> dict[Key, Known]:
    values = values_of(
        "want",
        clinic_id=[one.clinic_id for one in claims],
        id=[one.id for one in claims],
        patient_id=[one.patient_id for one in claims],
        contact_point_id=[one.contact_point_id for one in claims],
        enrollment_id=[one.enrollment_id for one in claims],
        channel=[one.channel.value for one in claims],
        purpose=[one.purpose.value for one in claims],
    )
    return {(row.clinic_id, row.id): row for row in _knowing()(connection, **values)}


def read_places(connection: sa.Connection, claims: Sequence[Claim]) -> dict[int, Place]:
    ids = list({one.clinic_id for one in claims})
    return {row.id: row for row in _places()(connection, clinics=ids)}


def read_contents(connection: sa.Connection, keys: Collection[Key]) -> list[Content]:
    values = values_of(
        "want", clinic_id=[clinic_id for clinic_id, _ in keys], id=[id_ for _, id_ in keys]
    )
    return _contents()(connection, **values)


def read_suppressions(
    connection: sa.Connection, addresses: Collection[AddressKey]
) -> Mapping[AddressKey, set[SuppressionReason]]:
    """Those that stand; never kept, and asked for again by the statement that begins a send."""
    values = values_of(
        "known",
        clinic_id=[clinic_id for clinic_id, _, _ in addresses],
        channel=[channel.value for _, channel, _ in addresses],
        address_index=[index for _, _, index in addresses],
    )
    standing = defaultdict[AddressKey, set[SuppressionReason]](set)
    for clinic_id, channel, index, reason in _suppressing()(connection, **values):
        standing[clinic_id, Channel(channel), index].add(SuppressionReason(reason))
    return standing


@cache
def _knowing() -> Precompiled[Known]:
    want = table_of(
        "want",
        *("clinic_id", "id", "patient_id", "contact_point_id", "enrollment_id"),
        *("channel", "purpose"),
    )
    newest = _newest_consent(want)
    return Precompiled(
        sa.select(
            product_now,
            *(want.c.clinic_id, want.c.id),
            *(patient.c.name_sealed, patient.c.time_zone),
            *(patient.c.region, patient.c.locale),
            *(patient.c.quiet_start, patient.c.quiet_end),
            *(patient.c.detail, patient.c.paused_until),
            contact_point.c.address_sealed,
            _is_shared(),
            *(enrollment.c.plan_version_id, enrollment.c.status, enrollment.c.procedure_state),
            *(enrollment.c.procedure_at, enrollment.c.procedure_ended_at),
            *(newest.c.id, newest.c.state, newest.c.detail, newest.c.contact_point_id),
        ).select_from(
            want.outerjoin(patient, _is(patient, want.c.clinic_id, want.c.patient_id))
            .outerjoin(
                contact_point,
                _is(contact_point, want.c.clinic_id, want.c.contact_point_id)
                & contact_point.c.replaced_at.is_(None),
            )
            .outerjoin(enrollment, _is(enrollment, want.c.clinic_id, want.c.enrollment_id))
            .outerjoin(newest, sa.true())
        ),
        Known,
    )


def _is(
    table: sa.Table, clinic_id: sa.ColumnElement[int], id_: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    return (table.c.clinic_id == clinic_id) & (table.c.id == id_)


def _newest_consent(want: sa.TableValuedAlias) -> LateralFromClause:
    return (
        sa.select(consent.c.id, consent.c.state, consent.c.detail, consent.c.contact_point_id)
        .where(
            consent.c.clinic_id == want.c.clinic_id,
            consent.c.patient_id == want.c.patient_id,
            consent.c.channel == want.c.channel,
            consent.c.purpose == want.c.purpose,
        )
        .order_by(consent.c.id.desc())
        .limit(1)
        .correlate(want)
        .lateral("newest")
    )


def _is_shared() -> sa.ColumnElement[bool]:
    """Whether an address is current for another patient of the clinic too."""
    other = contact_point.alias("other")
    return (
        sa.exists()
        .where(
            other.c.clinic_id == contact_point.c.clinic_id,
            other.c.address_index == contact_point.c.address_index,
            other.c.patient_id != contact_point.c.patient_id,
            other.c.replaced_at.is_(None),
        )
        .correlate(contact_point)
    )


@cache
def _places() -> Precompiled[Place]:
    columns = (clinic.c[name] for name in Place.__struct_fields__)
    clinics = sa.any_(parameter("clinics", ARRAY(sa.BigInteger)))
    return Precompiled(sa.select(*columns).where(clinic.c.id == clinics), _place)


def _place(*columns: Any) -> Place:  # noqa: ANN401 - of several types
    return msgspec.convert(dict(zip(Place.__struct_fields__, columns, strict=True)), Place)


@cache
def _contents() -> Precompiled[Content]:
    want = table_of("want", "clinic_id", "id")
    columns = (plan_version.c[name] for name in Content.__struct_fields__)
    wanted = _is(plan_version, want.c.clinic_id, want.c.id)
    return Precompiled(sa.select(*columns).where(wanted), Content)


@cache
def _suppressing() -> Precompiled[tuple[int, str, bytes, str]]:
    known = table_of("known", "clinic_id", "channel", "address_index")
    columns = ("clinic_id", "channel", "address_index", "reason")
    return Precompiled(
        sa.select(*(suppression.c[name] for name in columns)).where(
            suppression.c.clinic_id == known.c.clinic_id,
            suppression.c.channel == known.c.channel,
            suppression.c.address_index == known.c.address_index,
            suppression.c.lifted_at.is_(None),
        ),
        lambda *row: row,
    )
