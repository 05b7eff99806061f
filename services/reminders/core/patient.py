"""A patient, what they permit, and how a message may reach them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.reminders import ClinicRecord, ConsentRecord, QuietHours
from services.contracts.words import (
    ConsentState,
    ContactOwner,
    MessageDetail,
    Mode,
    Role,
    SuppressionReason,
)
from services.reminders.core.may_send import SendFacts, why_not_sent
from services.reminders.core.reasons import SUPPRESSED_FOR, Reason
from services.reminders.core.windows import Window, possible_zones


def state_given(*, is_granted: bool, by: Role) -> ConsentState:
    """The state of a reported consent. One that a publishable key reports must be confirmed."""
    if not is_granted:
        return ConsentState.WITHDRAWN
    return ConsentState.PENDING if by is Role.FRONT_END else ConsentState.GRANTED


def detail_allowed(
    preferred: MessageDetail, permitted: MessageDetail, *, is_shared: bool
) -> MessageDetail:
    """The full text if the patient wants and permits it, and nobody else has the address."""
    wanted = (preferred, permitted) == (MessageDetail.DETAILED, MessageDetail.DETAILED)
    return MessageDetail.DETAILED if wanted and not is_shared else MessageDetail.DISCREET


class ContactPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address of a patient, unencrypted. `is_shared`: other patients have it too."""

    id: int
    channel: Channel
    address: str
    owner: ContactOwner
    verified_at: datetime | None
    is_shared: bool
    suppressions: Mapping[SuppressionReason, datetime]
    awaits_staff: bool = False  # to read what the owner wrote: it may be an opt-out


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """`time_zone` and `quiet_hours` are the clinic's where the patient states none."""

    id: int
    clinic: ClinicRecord
    mode: Mode
    reference: str | None
    display_name: str | None
    is_adult: bool | None
    time_zone: str
    is_zone_stated: bool
    region: str | None
    locale: str
    channels: tuple[Channel, ...]
    detail: MessageDetail
    quiet_hours: QuietHours
    are_hours_stated: bool
    paused_until: datetime | None
    contact_points: tuple[ContactPoint, ...]
    consents: tuple[ConsentRecord, ...]  # newest first
    number_zones: tuple[str, ...] = ()  # where a phone number like the patient's may be
    is_erased: bool = False

    def contact(self, channel: Channel) -> ContactPoint | None:
        return next(
            (contact for contact in self.contact_points if contact.channel is channel), None
        )

    def consent(self, channel: Channel, purpose: Purpose) -> ConsentRecord | None:
        """The current entry of the ledger."""
        key = (channel, purpose)
        return next(
            (
                entry
                for entry in self.consents
                if entry.is_current and (entry.channel, entry.purpose) == key
            ),
            None,
        )

    def send_facts(self, channel: Channel, purpose: Purpose) -> SendFacts:
        """What the patient's address and consent mean for a message."""
        contact, consent = self.contact(channel), self.consent(channel, purpose)
        return SendFacts(
            has_contact=contact is not None,
            suppressions=tuple(contact.suppressions) if contact else (),
            consent=consent.state if consent else None,
            awaits_staff=contact.awaits_staff if contact else False,
        )

    def detail_for(self, channel: Channel, purpose: Purpose) -> MessageDetail:
        """How much a message may say: everything only if a consent for that stands."""
        contact, consent = self.contact(channel), self.consent(channel, purpose)
        if contact is None or consent is None or consent.state is not ConsentState.GRANTED:
            return MessageDetail.DISCREET
        return detail_allowed(self.detail, consent.detail, is_shared=contact.is_shared)

    @property
    def stated_zone(self) -> str | None:
        return self.time_zone if self.is_zone_stated else None

    @property
    def stated_hours(self) -> QuietHours | None:
        return self.quiet_hours if self.are_hours_stated else None

    def revised(
        self, *, time_zone: str | None, region: str | None, quiet_hours: QuietHours | None
    ) -> "Patient":
        """The patient with other places and hours; None means the clinic's."""
        return msgspec.structs.replace(
            self,
            time_zone=time_zone or self.clinic.time_zone,
            is_zone_stated=time_zone is not None,
            region=region,
            quiet_hours=quiet_hours or self.clinic.quiet_hours,
            are_hours_stated=quiet_hours is not None,
        )

    def window(self) -> Window:
        zone = ZoneInfo(self.time_zone)
        return Window(zone, self.quiet_hours, self.region, self._possible_zones(zone))

    def _possible_zones(self, zone: ZoneInfo) -> tuple[ZoneInfo, ...]:
        return () if self.is_zone_stated else possible_zones(zone, self.number_zones)


class Route(msgspec.Struct, frozen=True):
    """What a message to a patient relies on."""

    contact_point_id: int
    consent_id: int


_AT_PLANNING: Final[Mapping[Reason, Reason]] = {
    Reason.NEEDS_VERIFICATION: Reason.NO_CONSENT,  # there is no consent yet to rely on
    **dict.fromkeys(SUPPRESSED_FOR.values(), Reason.SUPPRESSED),
}
"""Planning names some reasons more broadly."""


def route(patient: Patient, channel: Channel, purpose: Purpose) -> Route | Reason:
    """Find the contact point and the consent a message would rely on, or say what is missing.

    A message that only waits for staff to read a patient's words is planned all the same.
    """
    contact, consent = patient.contact(channel), patient.consent(channel, purpose)
    reason = why_not_sent(patient.send_facts(channel, purpose))
    if contact and consent and reason in (None, Reason.AWAITING_STAFF):
        return Route(contact.id, consent.id)
    return _AT_PLANNING.get(reason, reason) if reason else Reason.NO_CONSENT
