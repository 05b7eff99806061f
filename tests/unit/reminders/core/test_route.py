"""Which address and consent planning relies on, or what is missing."""

from datetime import time
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Channel, Purpose
from services.contracts.reminders import ClinicRecord, QuietHours
from services.contracts.words import (
    ConsentState,
    ContactOwner,
    MessageDetail,
    Mode,
    SuppressionReason,
)
from services.reminders.core.may_send import why_not_sent
from services.reminders.core.patient import ContactPoint, Patient, Route, route
from services.reminders.core.reasons import SUPPRESSED_FOR, Reason
from tests.support.reminders.aftercare import NOW, entry

QUIET = QuietHours(start=time(20), end=time(9))
CLINIC = ClinicRecord(
    id=1,
    name="Rowan Clinic",
    time_zone="Europe/Lisbon",
    locale="en",
    country="PT",
    emergency_number="112",
    phone=None,
    quiet_hours=QUIET,
)
PHONE = ContactPoint(
    id=3,
    channel=Channel.SMS,
    address="+351912345678",
    owner=ContactOwner.SELF,
    verified_at=None,
    is_shared=False,
    suppressions={},
)


def patient(*consents: ConsentState, contact: ContactPoint | None = PHONE) -> Patient:
    """The last consent is the current one."""
    ledger = [
        msgspec.structs.replace(entry(number, state), is_current=number == len(consents))
        for number, state in enumerate(consents, 1)
    ]
    return Patient(
        id=1,
        clinic=CLINIC,
        mode=Mode.LIVE,
        reference=None,
        display_name=None,
        is_adult=True,
        time_zone=CLINIC.time_zone,
        is_zone_stated=False,
        region=None,
        locale="en",
        channels=(Channel.SMS,),
        detail=MessageDetail.DISCREET,
        quiet_hours=QUIET,
        are_hours_stated=False,
        paused_until=None,
        contact_points=(contact,) if contact else (),
        consents=tuple(reversed(ledger)),
    )


def with_phone(**changes: Any) -> ContactPoint:
    return msgspec.structs.replace(PHONE, **changes)


def route_of(to: Patient) -> Route | Reason:
    return route(to, Channel.SMS, Purpose.CARE)


def shown_for(to: Patient) -> Reason | None:
    return why_not_sent(to.send_facts(Channel.SMS, Purpose.CARE))


def test_planning_relies_on_the_current_consent() -> None:
    assert route_of(patient(ConsentState.WITHDRAWN, ConsentState.GRANTED)) == Route(3, 2)


@pytest.mark.parametrize(
    ("consents", "shown"),
    [
        ((), Reason.NO_CONSENT),
        ((ConsentState.GRANTED, ConsentState.WITHDRAWN), Reason.NO_CONSENT),
        ((ConsentState.GRANTED, ConsentState.LAPSED), Reason.NEEDS_VERIFICATION),
        ((ConsentState.PENDING,), Reason.NEEDS_VERIFICATION),
    ],
)
def test_nothing_is_planned_without_a_granted_consent(
    consents: tuple[ConsentState, ...], shown: Reason
) -> None:
    assert route_of(patient(*consents)) is Reason.NO_CONSENT
    assert shown_for(patient(*consents)) is shown


def test_nothing_is_planned_without_an_address() -> None:
    without = patient(ConsentState.GRANTED, contact=None)

    assert (route_of(without), shown_for(without)) == (Reason.NO_CONTACT, Reason.NO_CONTACT)


@pytest.mark.parametrize("suppression", SuppressionReason)
def test_nothing_is_planned_for_a_suppressed_address(suppression: SuppressionReason) -> None:
    blocked = patient(ConsentState.GRANTED, contact=with_phone(suppressions={suppression: NOW}))

    assert route_of(blocked) is Reason.SUPPRESSED
    assert shown_for(blocked) is SUPPRESSED_FOR[suppression]


def test_what_waits_for_staff_to_read_a_reply_is_planned_all_the_same() -> None:
    waiting = patient(ConsentState.GRANTED, contact=with_phone(awaits_staff=True))

    assert route_of(waiting) == Route(3, 1)
    assert shown_for(waiting) is Reason.AWAITING_STAFF
