from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import UserErrorCode
from services.contracts.incoming import RecordInbound
from services.contracts.reminders import PatientReply, RecordConsent
from services.contracts.words import (
    ConsentMethod,
    ConsentState,
    ReminderStatus,
    Role,
    SuppressionReason,
)
from tests.support.reminders.aftercare import NOW, OURS, PHONE, Clinic, consent
from tests.support.reminders.units_of_work import receive_text


def record(
    clinic: Clinic, patient_id: int, role: Role = Role.STAFF, **changes: Any
) -> PatientReply:
    entry = consent(changes.pop("channel", Channel.SMS), **changes)
    scope = clinic.scope(role=role)
    return clinic.service.do(RecordConsent(scope=scope, patient_id=patient_id, consent=entry))


def states(reply: PatientReply) -> list[tuple[ConsentState, bool]]:
    assert reply.patient, reply.refusals
    return [
        (entry.state, entry.is_current)
        for entry in reply.patient.consents
        if entry.channel is Channel.SMS
    ]


def test_a_withdrawal_is_added_and_becomes_current(clinic: Clinic) -> None:
    reply = record(clinic, clinic.register().id, granted=False)

    assert states(reply) == [(ConsentState.WITHDRAWN, True), (ConsentState.GRANTED, False)]


def test_a_withdrawal_for_one_purpose_leaves_the_other_current(clinic: Clinic) -> None:
    reply = record(clinic, clinic.register().id, purpose=Purpose.MARKETING, granted=False)

    assert states(reply) == [(ConsentState.WITHDRAWN, True), (ConsentState.GRANTED, True)]


def test_a_public_form_adds_a_pending_consent(clinic: Clinic) -> None:
    reply = record(clinic, clinic.register(consents=()).id, Role.FRONT_END)

    assert states(reply) == [(ConsentState.PENDING, True)]


def test_a_public_form_does_not_displace_a_granted_consent(clinic: Clinic) -> None:
    reply = record(clinic, clinic.register().id, Role.FRONT_END)

    assert states(reply) == [(ConsentState.GRANTED, True)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.FRONT_END, "granted": False}, UserErrorCode.NOT_ALLOWED),
        ({"channel": Channel.OTHER}, UserErrorCode.REQUIRED),
        ({"source": ""}, UserErrorCode.REQUIRED),
        ({"obtained_at": NOW + timedelta(days=1)}, UserErrorCode.INVALID),
    ],
)
def test_a_consent_that_cannot_be_recorded_is_refused(
    clinic: Clinic, changes: dict[str, Any], code: UserErrorCode
) -> None:
    reply = record(clinic, clinic.register().id, **changes)

    assert [refusal.code for refusal in reply.refusals] == [code]


def test_refuses_an_address_that_opted_out(clinic: Clinic) -> None:
    patient = clinic.register(consents=())
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    reply = record(clinic, patient.id)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.OPTED_OUT]


def test_another_clinics_patient_does_not_exist(clinic: Clinic) -> None:
    patient = clinic.register()

    reply = record(Clinic(clinic.service, "Other Clinic"), patient.id)

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]


def test_a_consent_given_later_brings_its_reminders(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.EMAIL),))
    clinic.enroll(patient.id)

    record(clinic, patient.id)

    steps = {reminder.step_key for reminder in clinic.reminders(channel=Channel.SMS)}
    assert steps == {"prepare", "today", "wash"}


def test_a_consent_given_again_plans_nothing_twice(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    before = clinic.reminders()

    record(clinic, patient.id)

    assert clinic.reminders() == before


Write = Callable[[str], None]


@pytest.fixture
def write(engine: sa.Engine, vault: Vault) -> Write:
    """Text from the patient's phone."""
    numbers = count(1)

    def text(words: str) -> None:
        reply_text = RecordInbound(
            provider="twilio",
            channel=Channel.SMS,
            our_address=OURS,
            their_address=PHONE,
            text=words,
            provider_message_id=f"SM{next(numbers)}",
            received_at=NOW,
        )
        receive_text(engine, vault, reply_text)

    return text


def test_a_consent_given_after_an_opt_out_brings_back_what_it_ended(
    clinic: Clinic, write: Write
) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    planned = {reminder.step_key for reminder in clinic.reminders(channel=Channel.SMS)}
    write("STOP")
    write("START")

    record(clinic, patient.id, method=ConsentMethod.PHONE)

    coming = clinic.reminders(channel=Channel.SMS, status=(ReminderStatus.SCHEDULED,))
    assert {reminder.step_key for reminder in coming} == planned


def test_a_consent_given_twice_after_an_opt_out_plans_once(clinic: Clinic, write: Write) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    write("STOP")
    write("START")

    record(clinic, patient.id)
    once = clinic.reminders()
    record(clinic, patient.id)

    assert clinic.reminders() == once
