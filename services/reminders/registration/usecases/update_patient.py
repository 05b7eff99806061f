"""Changes a patient; an absent field stays as it is, and null clears it."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec
from msgspec import UNSET

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import ConsentGiven, PatientReply, Scope
from services.contracts.words import ConsentState, ContactOwner, MessageDetail
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import NoOpening, next_opening
from services.reminders.enrollments.domain.enrollment import EnrollmentChange
from services.reminders.enrollments.usecases.eligibility import covered_countries, outside_coverage
from services.reminders.enrollments.usecases.plan_reminders import merge_visit, plan_missing
from services.reminders.enrollments.usecases.replan import ReplanInput, ReplanReason, replan, store
from services.reminders.patients.domain.new_patient import NewConsent, NewContact
from services.reminders.patients.usecases.patient_input import (
    FIELDS,
    person_faults,
    place_faults,
    read_contact,
)
from services.reminders.patients.usecases.read_patients import record_for
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork

_LONGEST_PAUSE: Final = timedelta(days=366)
_COLUMNS: Final = (
    *("reference", "display_name", "is_adult", "time_zone", "region", "locale", "detail"),
    *("quiet_hours", "paused_until"),
)
"""Fields of the command that are columns of the patient."""

_MOVED: Final = ReplanReason(code=Reason.TIME_ZONE_CHANGED)


class Addresses(msgspec.Struct, frozen=True, kw_only=True):
    """`new` ones replace the old ones of their channels; `gone` are the channels cleared."""

    new: tuple[NewContact, ...] = ()
    gone: tuple[Channel, ...] = ()


def update_patient(uow: RegistrationUnitOfWork, command: UpdatePatient) -> PatientReply:
    """Make every change, or none if one is refused; repeating a change does nothing."""
    key = Key.within(command.scope, command.patient_id)
    if not uow.patients.lock(key):
        return _refused([not_found("patient")])
    before = uow.patients.get([key])[key]
    addresses, faults = _addresses(command, before)
    faults += outside_coverage(addresses.new, covered_countries(uow, before.clinic))
    faults += person_faults(command, command.scope.role)
    faults += place_faults(command)
    faults += _conflicts(uow, command, before)
    faults += _time_faults(uow, command, before) if not faults else ()
    channels, channel_faults = _channels(command, before, addresses)
    faults += channel_faults
    if faults:
        return _refused(faults)
    uow.patients.change(key, _values(command, before, channels))
    touched = _readdress(uow, command.scope, before, addresses)
    for channel in set(before.channels) - set(channels) - set(addresses.gone):
        touched.update(uow.waiting_messages.drop(key, channel, Reason.CHANNEL_NOT_WANTED))
    uow.announce_reminders(key.clinic_id, sorted(touched))
    after = uow.patients.get([key])[key]
    _replan(uow, command.scope, before, after)
    return PatientReply(patient=record_for(command.scope.role, uow.patients.get([key])[key]))


def _addresses(command: UpdatePatient, before: Patient) -> tuple[Addresses, list[Refusal]]:
    new: list[NewContact] = []
    gone: list[Channel] = []
    faults: list[Refusal] = []
    for channel, text in ((Channel.SMS, command.phone), (Channel.EMAIL, command.email)):
        old = before.contact(channel)
        if text is None and old is not None:
            gone.append(channel)
        elif isinstance(text, str):
            owner = old.owner if old else ContactOwner.SELF
            read = read_contact(channel, text, owner, before.clinic.country)
            if isinstance(read, Refusal):
                faults.append(read)
            elif old is None or old.address != read.address:
                new.append(read)
    return Addresses(new=tuple(new), gone=tuple(gone)), faults


def _channels(
    command: UpdatePatient, before: Patient, addresses: Addresses
) -> tuple[tuple[Channel, ...], list[Refusal]]:
    """The channels wanted from now on.

    If the command does not say, a channel is dropped with its address and added with a first one.
    """
    kept = [point.channel for point in before.contact_points if point.channel not in addresses.gone]
    reachable = dict.fromkeys([*kept, *(new.channel for new in addresses.new)])
    if command.channels is None:
        return tuple(reachable), []
    if command.channels is UNSET:
        still_wanted = [channel for channel in before.channels if channel in reachable]
        first = [channel for channel in reachable if before.contact(channel) is None]
        return tuple(dict.fromkeys([*still_wanted, *first])), []
    wanted = tuple(dict.fromkeys(command.channels))
    faults = []
    for channel in wanted:
        if channel not in FIELDS:
            message = f"Reminders go out by {' and '.join(FIELDS)} only."
            faults.append(refuse(UserErrorCode.INVALID, message, "channels"))
        elif channel not in reachable:
            message = f"{channel} is wanted, so give an address for it."
            faults.append(refuse(UserErrorCode.REQUIRED, message, FIELDS[channel]))
    return wanted, faults


def _conflicts(
    uow: RegistrationUnitOfWork, command: UpdatePatient, before: Patient
) -> Iterator[Refusal]:
    reference = command.reference
    if not isinstance(reference, str) or reference == before.reference:
        return
    existing = uow.patients.claim_reference(command.scope, reference)
    if existing is not None:
        message = "Another patient of the clinic has this reference."
        yield refuse(UserErrorCode.CONFLICT, message, "reference", existing_id=existing)


def _time_faults(
    uow: RegistrationUnitOfWork, command: UpdatePatient, before: Patient
) -> Iterator[Refusal]:
    until = command.paused_until
    if until is not UNSET and until is not None:
        if until.tzinfo is None:
            message = "Give times with their offset from UTC, like 2027-03-14T15:40:00+01:00."
            yield refuse(UserErrorCode.INVALID, message, "paused_until")
        elif until <= uow.now():
            message = "That moment has passed; give null to end a pause."
            yield refuse(UserErrorCode.IN_THE_PAST, message, "paused_until")
        elif until > uow.now() + _LONGEST_PAUSE:
            message = f"A pause lasts at most {_LONGEST_PAUSE.days} days."
            yield refuse(UserErrorCode.TOO_LATE, message, "paused_until")
    window = before.revised(
        time_zone=_unless_unset(command.time_zone, before.stated_zone),
        region=_unless_unset(command.region, before.region),
        quiet_hours=_unless_unset(command.quiet_hours, before.stated_hours),
    ).window()
    try:
        next_opening(uow.now(), window)
    except NoOpening:
        message = "These quiet hours leave no time at which the patient may be written to."
        yield refuse(UserErrorCode.INVALID, message, "quiet_hours")


def _unless_unset(value: Any, current: Any) -> Any:  # noqa: ANN401 - fields of several types
    return current if value is UNSET else value


def _values(
    command: UpdatePatient, before: Patient, channels: tuple[Channel, ...]
) -> dict[str, Any]:
    fields = {name: getattr(command, name) for name in _COLUMNS}
    values = {name: value for name, value in fields.items() if value is not UNSET}
    if values.get("locale", "") is None:
        values["locale"] = before.clinic.locale
    if values.get("detail", "") is None:
        values["detail"] = MessageDetail.DISCREET
    return values | {"channels": channels}


def _readdress(
    uow: RegistrationUnitOfWork, scope: Scope, before: Patient, addresses: Addresses
) -> set[int]:
    """Replace contact points: a consent for an old one does not apply to the new one."""
    key = Key.within(scope, before.id)
    touched: set[int] = set()
    for channel in (*addresses.gone, *(new.channel for new in addresses.new)):
        if old := before.contact(channel):
            uow.patients.end_contact(key, old.id)
            _lapse(uow, scope, before, channel)
    for channel in addresses.gone:
        touched.update(uow.waiting_messages.drop(key, channel, Reason.NO_CONTACT))
    for new in addresses.new:
        added = uow.patients.add_contact(scope, before.id, new)
        if old := before.contact(new.channel):
            touched.update(uow.waiting_messages.readdress(key, old.id, added))
    return touched


def _lapse(uow: RegistrationUnitOfWork, scope: Scope, before: Patient, channel: Channel) -> None:
    for consent in before.consents:
        is_standing = consent.state in (ConsentState.GRANTED, ConsentState.PENDING)
        if consent.is_current and consent.channel is channel and is_standing:
            contact = before.contact(channel)
            withdrawal = ConsentGiven(
                channel=channel,
                purpose=consent.purpose,
                granted=False,
                source="new contact",
                wording_version=consent.wording_version,
                basis=consent.basis,
                detail=consent.detail,
            )
            uow.patients.add_consent(
                scope,
                NewConsent(
                    patient_id=before.id,
                    contact_point_id=contact.id if contact else None,
                    consent=withdrawal,
                    state=ConsentState.LAPSED,
                ),
            )


def _replan(uow: RegistrationUnitOfWork, scope: Scope, before: Patient, after: Patient) -> None:
    """Plan again if the time zone moved; plan what is missing if there are new channels."""
    key = Key.within(scope, after.id)
    has_moved = before.time_zone != after.time_zone
    has_more = bool(set(after.channels) - set(before.channels))
    for enrollment in uow.enrollments.active(key):
        if has_moved:
            plan = uow.plans.get([enrollment.plan_key])[enrollment.plan_key]
            replan_input = ReplanInput(
                before=enrollment,
                after=enrollment,
                plan_before=plan,
                plan_after=plan,
                patient=after,
                patient_before=before,
            )
            store(uow, scope, replan(uow, replan_input, _MOVED), EnrollmentChange())
        elif has_more:
            plan_missing(uow, scope, enrollment, after)
        if has_moved or has_more:
            merge_visit(uow, scope, enrollment)


def _refused(refusals: Collection[Refusal]) -> PatientReply:
    return PatientReply.refused(*refusals)
