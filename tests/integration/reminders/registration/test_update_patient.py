from datetime import datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.patients import UpdatePatient
from services.contracts.reminders import (
    PatientRecord,
    QuietHours,
    RecordConsent,
    ReminderRecord,
)
from services.contracts.words import (
    ConsentState,
    MessageDetail,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.database.tables import delivery_attempt
from tests.support.reminders.aftercare import (
    EMAIL,
    NOW,
    OVER_AT,
    PHONE,
    Clinic,
    Service,
    consent,
    set_clock,
)
from tests.support.reminders.sending import Worker

OTHER = "+351934567890"


def update(clinic: Clinic, patient_id: int, **changes: Any) -> PatientRecord:
    reply = clinic.service.do(UpdatePatient(scope=clinic.scope(), patient_id=patient_id, **changes))
    assert reply.patient, reply.refusals
    return reply.patient


def refused(clinic: Clinic, patient_id: int, **changes: Any) -> list[tuple[UserErrorCode, Any]]:
    reply = clinic.service.do(UpdatePatient(scope=clinic.scope(), patient_id=patient_id, **changes))
    return [(refusal.code, refusal.path) for refusal in reply.refusals]


def grant(clinic: Clinic, patient_id: int) -> None:
    command = RecordConsent(
        scope=clinic.scope(), patient_id=patient_id, consent=consent(Channel.SMS)
    )
    assert not clinic.service.do(command).refusals


def texts(clinic: Clinic) -> dict[str, ReminderRecord]:
    return {reminder.step_key: reminder for reminder in clinic.reminders(channel=Channel.SMS)}


def current(patient: PatientRecord, channel: Channel) -> ConsentState:
    return next(
        entry.state for entry in patient.consents if entry.is_current and entry.channel is channel
    )


def test_an_absent_field_stays_and_null_clears(clinic: Clinic) -> None:
    patient = clinic.register(reference="R-1", region="PT-11", time_zone="Europe/Madrid")

    after = update(clinic, patient.id, region=None, display_name="Bea", is_adult=True)

    assert (after.region, after.display_name, after.is_adult) == (None, "Bea", True)
    assert (after.reference, after.time_zone, after.phone) == ("R-1", "Europe/Madrid", PHONE)


def test_clearing_everything_leaves_the_clinics_defaults(clinic: Clinic) -> None:
    patient = clinic.register(time_zone="Europe/Madrid", detail=MessageDetail.DETAILED)

    after = update(clinic, patient.id, time_zone=None, locale=None, detail=None, channels=None)

    assert (after.time_zone, after.time_zone_stated) == ("Europe/Lisbon", False)
    assert (after.locale, after.preferences.detail) == ("en", MessageDetail.DISCREET)
    assert after.preferences.channels == (Channel.SMS, Channel.EMAIL)


def test_repeating_the_current_values_changes_nothing(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    before = clinic.reminders()

    after = update(clinic, patient.id, phone=PHONE, email=EMAIL, display_name="Ana")

    assert after == patient
    assert clinic.reminders() == before


@pytest.mark.parametrize("written", [" 912.345.678", "00351 912 345 678", "\u200b351912345678"])
def test_the_same_number_in_other_writing_changes_nothing(clinic: Clinic, written: str) -> None:
    patient = clinic.register()

    after = update(clinic, patient.id, phone=written)

    assert (after.phone, current(after, Channel.SMS)) == (PHONE, ConsentState.GRANTED)


def test_a_consent_does_not_carry_over_to_a_new_number(clinic: Clinic) -> None:
    patient = clinic.register()

    after = update(clinic, patient.id, phone=OTHER)

    assert after.phone == OTHER
    assert current(after, Channel.SMS) is ConsentState.LAPSED
    assert current(after, Channel.EMAIL) is ConsentState.GRANTED


def test_steps_are_held_until_the_new_number_is_consented_to(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)

    update(clinic, patient.id, phone=OTHER)

    held = texts(clinic)["wash"]
    assert (held.status, held.status_reason) == (ReminderStatus.SCHEDULED, "NEEDS_VERIFICATION")
    assert held.why[-1].code == "NEEDS_VERIFICATION"


def test_a_withdrawn_consent_stays_withdrawn_with_a_new_number(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS, granted=False),))

    assert current(update(clinic, patient.id, phone=OTHER), Channel.SMS) is ConsentState.WITHDRAWN


def test_clearing_a_number_drops_its_reminders(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)

    after = update(clinic, patient.id, phone=None)

    assert (after.phone, after.preferences.channels) == (None, (Channel.EMAIL,))
    assert {text.status_reason for text in texts(clinic).values()} == {"NO_CONTACT"}


def test_a_first_email_is_wanted_and_brings_its_reminders_once_consented_to(
    clinic: Clinic,
) -> None:
    patient = clinic.register(email=None, consents=(consent(Channel.SMS),))
    clinic.enroll(patient.id)

    after = update(clinic, patient.id, email=EMAIL)
    clinic.service.do(
        RecordConsent(scope=clinic.scope(), patient_id=patient.id, consent=consent(Channel.EMAIL))
    )

    assert after.preferences.channels == (Channel.SMS, Channel.EMAIL)
    assert [reminder.step_key for reminder in clinic.reminders(channel=Channel.EMAIL)] == [
        "prepare",
        "today",
        "wash",
    ]


def test_a_dropped_channel_sends_nothing_more(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)

    update(clinic, patient.id, channels=(Channel.EMAIL,))

    assert {text.status_reason for text in texts(clinic).values()} == {"CHANNEL_NOT_WANTED"}
    assert {reminder.status for reminder in clinic.reminders(channel=Channel.EMAIL)} == {
        ReminderStatus.SCHEDULED
    }


def test_a_patient_who_moves_gets_steps_of_the_wall_clock_there(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    before = texts(clinic)

    update(clinic, patient.id, time_zone="America/New_York")

    after = texts(clinic)
    assert after["wash"].local_due_at.startswith("2027-03-14T10:")
    assert after["wash"].local_due_at.endswith("[America/New_York]")
    assert after["today"].due_at == before["today"].due_at
    assert "TIME_ZONE_CHANGED" in [decision.code for decision in after["wash"].why]


def test_a_move_plans_nothing_twice(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    update(clinic, patient.id, time_zone="America/New_York")
    once = clinic.reminders()

    update(clinic, patient.id, time_zone="America/New_York")

    assert clinic.reminders() == once


def test_a_pause_and_quiet_hours_are_kept(clinic: Clinic) -> None:
    patient = clinic.register()
    quiet = QuietHours(start=time(18), end=time(10))

    after = update(clinic, patient.id, quiet_hours=quiet, paused_until=NOW + timedelta(days=3))

    assert after.preferences.quiet_hours == quiet
    assert after.preferences.paused_until == NOW + timedelta(days=3)
    assert update(clinic, patient.id, quiet_hours=None).preferences.quiet_hours is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"phone": "+12125551234"}, (UserErrorCode.OUTSIDE_COVERAGE, ("phone",))),
        ({"phone": "12"}, (UserErrorCode.INVALID, ("phone",))),
        ({"email": "nobody"}, (UserErrorCode.INVALID, ("email",))),
        ({"is_adult": False}, (UserErrorCode.NOT_ELIGIBLE, ("is_adult",))),
        ({"time_zone": "GMT+3"}, (UserErrorCode.INVALID, ("time_zone",))),
        ({"time_zone": ""}, (UserErrorCode.INVALID, ("time_zone",))),
        ({"region": "Lisbon"}, (UserErrorCode.INVALID, ("region",))),
        ({"locale": "english"}, (UserErrorCode.INVALID, ("locale",))),
        ({"channels": (Channel.OTHER,)}, (UserErrorCode.INVALID, ("channels",))),
        ({"phone": None, "channels": (Channel.SMS,)}, (UserErrorCode.REQUIRED, ("phone",))),
        (
            {"quiet_hours": QuietHours(start=time(8), end=time(21))},
            (UserErrorCode.INVALID, ("quiet_hours",)),
        ),
        (
            {"region": "US-CT", "quiet_hours": QuietHours(start=time(9), end=time(20))},
            (UserErrorCode.INVALID, ("quiet_hours",)),
        ),
        ({"paused_until": datetime(2027, 5, 1)}, (UserErrorCode.INVALID, ("paused_until",))),  # noqa: DTZ001 - what is refused
        ({"paused_until": NOW}, (UserErrorCode.IN_THE_PAST, ("paused_until",))),
        (
            {"paused_until": NOW + timedelta(days=400)},
            (UserErrorCode.TOO_LATE, ("paused_until",)),
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(
    clinic: Clinic, changes: dict[str, Any], fault: Any
) -> None:
    patient = clinic.register()

    assert refused(clinic, patient.id, **changes) == [fault]


@pytest.mark.parametrize("written", ["91234567B", "912345678.0", "210 000 000", "707 123 456"])
def test_a_number_that_cannot_be_texted_is_refused(clinic: Clinic, written: str) -> None:
    patient = clinic.register()

    command = UpdatePatient(scope=clinic.scope(), patient_id=patient.id, phone=written)
    reply = clinic.service.do(command)

    assert [refusal.path for refusal in reply.refusals] == [("phone",)]


def test_a_refused_update_changes_nothing(clinic: Clinic) -> None:
    patient = clinic.register()

    refused(clinic, patient.id, display_name="Bea", time_zone="Nowhere")

    assert update(clinic, patient.id) == patient


def test_a_reference_is_one_patients_alone(clinic: Clinic) -> None:
    clinic.register(reference="R-1")
    patient = clinic.register(reference="R-2", phone=OTHER)

    assert refused(clinic, patient.id, reference="R-1") == [
        (UserErrorCode.CONFLICT, ("reference",))
    ]
    assert refused(clinic, patient.id, reference="R-2") == []


def test_another_clinics_patient_does_not_exist(clinic: Clinic) -> None:
    patient = clinic.register()

    assert refused(Clinic(clinic.service, "Other Clinic"), patient.id, display_name="Bea") == [
        (UserErrorCode.NOT_FOUND, ("patient_id",))
    ]


def test_an_opt_out_of_the_old_number_does_not_follow_to_the_new_one(
    clinic: Clinic, service: Service
) -> None:
    patient = clinic.register()
    service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    after = update(clinic, patient.id, phone=OTHER)

    assert after.suppressions == ()
    assert current(after, Channel.SMS) is ConsentState.LAPSED


def test_a_new_consent_lets_what_was_held_go(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id)
    update(clinic, patient.id, phone=OTHER)

    grant(clinic, patient.id)

    assert len(texts(clinic)) == len({reminder.step_key for reminder in clinic.reminders()})
    assert {text.status for text in texts(clinic).values()} == {ReminderStatus.SCHEDULED}


def texted(engine: sa.Engine, worker: Worker, at: datetime) -> list[str]:
    """The numbers that texts have gone to by then."""
    set_clock(engine, at)
    while worker.send_batch(Channel.SMS):
        pass
    return [message.to for message in worker.dispatcher.sent]


def test_what_is_held_goes_to_the_new_number_once_it_is_consented_to(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    worker = Worker(engine, vault)
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    update(clinic, patient.id, phone=OTHER)

    before = [texted(engine, worker, NOW + timedelta(minutes=20 * turn)) for turn in range(3)]
    grant(clinic, patient.id)
    after = texted(engine, worker, NOW + timedelta(minutes=80))

    assert (before, after) == ([[], [], []], [OTHER])


def test_why_a_message_is_held_is_recorded_once(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    update(clinic, patient.id, phone=OTHER)

    for turn in range(3):
        texted(engine, Worker(engine, vault), NOW + timedelta(minutes=20 * turn))

    why = [decision.code for decision in texts(clinic)["today"].why]
    assert why.count("NEEDS_VERIFICATION") == 1


def test_what_is_held_too_long_expires_visibly(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    update(clinic, patient.id, phone=OTHER)

    texted(engine, Worker(engine, vault), NOW + timedelta(hours=22, minutes=55))

    held = texts(clinic)["today"]
    assert (held.status, held.status_reason) == (
        ReminderStatus.EXPIRED,
        "NEEDS_VERIFICATION_PAST_USEFULNESS",
    )


def test_each_attempt_keeps_the_consent_it_relied_on(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)
    relied_on = [entry.id for entry in patient.consents if entry.channel is Channel.SMS]

    texted(engine, Worker(engine, vault), NOW + timedelta(minutes=20))

    with engine.connect() as connection:
        kept = connection.execute(sa.select(delivery_attempt.c.consent_id)).scalars().all()
    assert kept == relied_on
