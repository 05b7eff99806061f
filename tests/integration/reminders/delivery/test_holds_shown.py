"""What a waiting reminder says once consent or address is gone."""

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import RecordConsent
from services.contracts.replies import SuppressContact
from tests.support.reminders.aftercare import NOW, OURS, PHONE, Clinic, consent
from tests.support.reminders.units_of_work import receive_text


@pytest.fixture
def patient_id(clinic: Clinic) -> int:
    number = clinic.register().id
    clinic.enroll(number)
    return number


def holds(clinic: Clinic, channel: Channel = Channel.SMS) -> set[str | None]:
    reminders = clinic.reminders(channel=channel)
    assert reminders
    return {reminder.hold.code if reminder.hold else None for reminder in reminders}


def withdraw(clinic: Clinic, patient_id: int) -> None:
    withdrawal = consent(Channel.SMS, granted=False)
    command = RecordConsent(scope=clinic.scope(), patient_id=patient_id, consent=withdrawal)
    assert not clinic.service.do(command).refusals


def test_nothing_holds_what_may_be_sent(clinic: Clinic, patient_id: int) -> None:
    assert patient_id
    assert holds(clinic) == {None}


def test_a_consent_that_was_withdrawn_is_told(clinic: Clinic, patient_id: int) -> None:
    withdraw(clinic, patient_id)

    assert holds(clinic) == {"NO_CONSENT"}
    assert holds(clinic, Channel.EMAIL) == {None}


def test_an_address_that_staff_stopped_is_told(clinic: Clinic, patient_id: int) -> None:
    command = SuppressContact(
        scope=clinic.scope(), patient_id=patient_id, channel=Channel.SMS, reason="call instead"
    )
    assert not clinic.service.do(command).refusals

    assert holds(clinic) == {"SUPPRESSED_MANUAL"}


def test_a_new_address_without_its_consent_is_told(clinic: Clinic, patient_id: int) -> None:
    command = UpdatePatient(scope=clinic.scope(), patient_id=patient_id, phone="+351934567890")
    assert clinic.service.do(command).patient

    assert holds(clinic) == {"NEEDS_VERIFICATION"}


def test_what_may_be_an_opt_out_is_told_until_staff_have_read_it(
    clinic: Clinic, patient_id: int, engine: sa.Engine, vault: Vault
) -> None:
    inbound = RecordInbound(
        provider="twilio",
        channel=Channel.SMS,
        our_address=OURS,
        their_address=PHONE,
        text="wrong number",
        provider_message_id="SM1",
        received_at=NOW,
    )

    receive_text(engine, vault, inbound)

    assert patient_id
    assert holds(clinic) == {"AWAITING_STAFF"}
