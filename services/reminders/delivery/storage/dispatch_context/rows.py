"""What a dispatch context needs of messages, clinics, plan versions, senders and holds."""

from collections import defaultdict
from collections.abc import Collection, Sequence
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
from services.contracts.reminders import QuietHours
from services.contracts.words import ConsentState, EnrollmentStatus, MessageDetail, ProcedureState
from services.reminders.clinics.storage.senders import select_senders
from services.reminders.core.holds import Hold
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import Account, SenderAddress, SenderTraits, lacks, traits_of
from services.reminders.core.structs import struct_from
from services.reminders.core.windows import Window, ZonesOf, instant, possible_zones, zone_named
from services.reminders.database.fragments import is_in_ledger, is_row
from services.reminders.database.precompiled import (
    Precompiled,
    columns_of,
    fields_of,
    parameter,
    struct_row,
    table_of,
    values_of,
)
from services.reminders.database.tables import (
    clinic,
    consent,
    contact_point,
    enrollment,
    hold,
    patient,
    plan_version,
)
from services.reminders.delivery.domain.dispatch import StandingConsent

PlanKey = tuple[int, int]  # (clinic id, plan version id)


class ClinicRow(msgspec.Struct, frozen=True):
    """A clinic; fields are columns, in order."""

    id: int
    name: str
    sms_name: str | None
    phone: str | None
    country: str
    emergency_number: str
    time_zone: str
    locale: str
    quiet_start: time
    quiet_end: time
    opening_hours: tuple[OpeningHours, ...]
    out_of_hours: str | None


class PlanVersionRow(msgspec.Struct, frozen=True):
    """A plan version as it is stored; `content` is encoded. Fields are columns, in order."""

    clinic_id: int
    id: int
    slug: str
    version: int
    content: bytes


class SenderRow(msgspec.Struct, frozen=True):
    address: SenderAddress
    traits: SenderTraits


class SendersOfClinics:
    """The senders of some clinics, default ones first.

    If `is_strict`, a sender that lacks what a law or a contract requires cannot be used.
    """

    def __init__(
        self, rows: defaultdict[tuple[int, Channel], list[SenderRow]], *, is_strict: bool
    ) -> None:
        self._rows = rows
        self._is_strict = is_strict

    def usable(self, claim: Claim) -> tuple[SenderAddress, ...]:
        return tuple(
            row.address
            for row in self._rows[claim.clinic_id, claim.channel]
            if not (self._is_strict and lacks(row.traits, claim.purpose))
        )

    def lack(self, claim: Claim) -> Reason | None:
        """Why the clinic's first sender cannot be used; None if it can."""
        rows = self._rows[claim.clinic_id, claim.channel] if self._is_strict else []
        lacking = (min(lacks(row.traits, claim.purpose), default=None) for row in rows)
        return next(lacking, None)


def read_clinics(connection: sa.Connection, claims: Sequence[Claim]) -> dict[int, ClinicRow]:
    ids = list({claim.clinic_id for claim in claims})
    return {row.id: row for row in _clinics()(connection, clinics=ids)}


def read_plan_versions(
    connection: sa.Connection, keys: Collection[PlanKey]
) -> list[PlanVersionRow]:
    return _plan_versions()(connection, **columns_of("want", keys, "clinic_id", "id"))


def read_senders(
    connection: sa.Connection, clinic_ids: Collection[int], *, is_strict: bool
) -> SendersOfClinics:
    """Read the senders of all these clinics. One without a country has its clinic's."""
    rows = defaultdict[tuple[int, Channel], list[SenderRow]](list)
    for row in connection.execute(select_senders(clinic_ids)):
        rows[row.clinic_id, row.channel].append(
            SenderRow(_sender_address(row), traits_of(row, row.clinic_country))
        )
    return SendersOfClinics(rows, is_strict=is_strict)


def read_holds(connection: sa.Connection) -> list[Hold]:
    """Read all holds that are not released; there are few."""
    names = ("id", "clinic_id", "channel", "provider", "plan", "plan_version")
    columns = [hold.c[name] for name in names]
    standing = sa.select(*columns).where(hold.c.released_at.is_(None))
    return [Hold(**row) for row in connection.execute(standing).mappings()]


@cache
def _clinics() -> Precompiled[ClinicRow]:
    columns = (clinic.c[name] for name in ClinicRow.__struct_fields__)
    clinics = sa.any_(parameter("clinics", ARRAY(sa.BigInteger)))
    return Precompiled(sa.select(*columns).where(clinic.c.id == clinics), _clinic_row)


def _clinic_row(*columns: Any) -> ClinicRow:  # noqa: ANN401 - of several types
    return msgspec.convert(dict(zip(ClinicRow.__struct_fields__, columns, strict=True)), ClinicRow)


@cache
def _plan_versions() -> Precompiled[PlanVersionRow]:
    want = table_of("want", "clinic_id", "id")
    columns = (plan_version.c[name] for name in PlanVersionRow.__struct_fields__)
    statement = sa.select(*columns).where(is_row(plan_version, want))
    return Precompiled(statement, struct_row(statement, PlanVersionRow))


def _sender_address(row: sa.Row[*tuple[Any, ...]]) -> SenderAddress:
    account = Account(row.account, row.secret_file) if row.account else None
    way = None if row.is_two_way else row.opt_out_way
    return struct_from(SenderAddress, row, account=account, opt_out_way=way)


Key = tuple[int, int]  # (clinic id, outbound id)


class MessageRow(msgspec.Struct, frozen=True):
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
    preferred_detail: MessageDetail | None
    paused_until: datetime | None
    address_sealed: bytes | None
    is_shared: bool
    plan_version_id: int | None
    enrollment_status: EnrollmentStatus | None
    procedure_state: ProcedureState | None
    procedure_at: datetime | None
    procedure_ended_at: datetime | None
    consent_id: int | None
    consent_state: ConsentState | None
    consent_detail: MessageDetail | None
    consent_contact_id: int | None

    @property
    def consent(self) -> StandingConsent | None:
        if self.consent_id is None or self.consent_state is None or self.consent_detail is None:
            return None
        return StandingConsent(
            id=self.consent_id,
            state=self.consent_state,
            detail=self.consent_detail,
            contact_point_id=self.consent_contact_id,
        )

    @property
    def preferences(self) -> dict[str, Any]:
        """The fields of `DispatchFacts` that a patient chooses; none if there is no patient."""
        if self.preferred_detail is None:
            return {}
        return {"preferred_detail": self.preferred_detail, "paused_until": self.paused_until}


_WANTED = (
    *("clinic_id", "id", "patient_id", "contact_point_id", "enrollment_id"),
    *("channel", "purpose"),
)
"""What of a claim finds its rows."""


def read_messages(connection: sa.Connection, claims: Sequence[Claim]) -> dict[Key, MessageRow]:
    values = values_of("want", **fields_of(claims, *_WANTED))
    rows = messages_statement()(connection, **values)
    return {(row.clinic_id, row.id): row for row in rows}


def window_of(
    message: MessageRow, clinic: ClinicRow, number: str | None, zones_of: ZonesOf
) -> Window:
    """When the patient may be written to. What they do not state is the clinic's.

    `number` is the one that is texted, if it is a text. Raises NoSuchZone.
    """
    start, end = message.quiet_start, message.quiet_end
    if start is None or end is None:
        start, end = clinic.quiet_start, clinic.quiet_end
    stated = message.time_zone
    zone = zone_named(stated or clinic.time_zone)
    return Window(
        zone,
        QuietHours(start=start, end=end),
        message.region,
        possible_zones(zone, zones_of(number)) if number and not stated else (),
    )


def midnight(now: datetime, window: Window) -> datetime:
    """When the patient's day began."""
    return instant(now.astimezone(window.zone).date(), time(0), window.zone)


@cache
def messages_statement() -> Precompiled[MessageRow]:
    want = table_of("want", *_WANTED)
    newest = _newest_consent(want)
    statement = sa.select(
        product_now.label("now"),
        *(want.c.clinic_id, want.c.id),
        *(patient.c.name_sealed, patient.c.time_zone),
        *(patient.c.region, patient.c.locale),
        *(patient.c.quiet_start, patient.c.quiet_end),
        patient.c.detail.label("preferred_detail"),
        patient.c.paused_until,
        contact_point.c.address_sealed,
        _is_shared().label("is_shared"),
        *(enrollment.c.plan_version_id, enrollment.c.status.label("enrollment_status")),
        enrollment.c.procedure_state,
        *(enrollment.c.procedure_at, enrollment.c.procedure_ended_at),
        *(newest.c.id.label("consent_id"), newest.c.state.label("consent_state")),
        newest.c.detail.label("consent_detail"),
        newest.c.contact_point_id.label("consent_contact_id"),
    ).select_from(
        want.outerjoin(patient, is_row(patient, want, "patient_id"))
        .outerjoin(
            contact_point,
            is_row(contact_point, want, "contact_point_id") & contact_point.c.replaced_at.is_(None),
        )
        .outerjoin(enrollment, is_row(enrollment, want, "enrollment_id"))
        .outerjoin(newest, sa.true())
    )
    return Precompiled(statement, struct_row(statement, MessageRow))


def _newest_consent(want: sa.TableValuedAlias) -> LateralFromClause:
    return (
        sa.select(consent.c.id, consent.c.state, consent.c.detail, consent.c.contact_point_id)
        .where(
            is_in_ledger(
                consent, want.c.clinic_id, want.c.patient_id, want.c.channel, want.c.purpose
            )
        )
        .order_by(consent.c.id.desc())
        .limit(1)
        .correlate(want)
        .lateral("newest")
    )


def _is_shared() -> sa.ColumnElement[bool]:
    """Whether the address is current for another patient of the clinic too."""
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
