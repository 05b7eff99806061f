from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, MessageBody, Purpose, StepMessages
from services.contracts.errors import UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.reminders import EnrollmentReply
from services.contracts.words import Mode, ProcedureState, ReminderStatus, Role
from tests.support.reminders.aftercare import (
    EMAIL,
    NOW,
    OVER_AT,
    PLAN,
    Clinic,
    Service,
    consent,
    set_clock,
    step,
)
from tests.support.reminders.sending import Worker

CARE = {"prepare", "today", "wash"}


def code(reply: EnrollmentReply) -> UserErrorCode:
    assert reply.enrollment is None
    (refusal,) = reply.refusals
    return refusal.code


def test_plans_each_consented_step_on_each_channel(clinic: Clinic) -> None:
    patient = clinic.register()

    clinic.enroll(patient.id)

    planned = {(reminder.step_key, reminder.channel) for reminder in clinic.reminders()}
    assert planned == {(key, channel) for key in CARE for channel in (Channel.SMS, Channel.EMAIL)}


def test_an_enrollment_keeps_the_version_of_the_plan_it_began_with(clinic: Clinic) -> None:
    enrollment = clinic.enroll(clinic.register().id)

    assert enrollment.plan == PLAN


def test_puts_a_calendar_step_on_the_patients_clock(clinic: Clinic) -> None:
    patient = clinic.register(time_zone="America/New_York")

    clinic.enroll(patient.id)

    (wash,) = [
        reminder
        for reminder in clinic.reminders(channel=Channel.SMS)
        if reminder.step_key == "wash"
    ]
    assert (
        datetime(2027, 3, 14, 14, tzinfo=UTC)
        <= wash.due_at
        < datetime(2027, 3, 14, 14, 10, tzinfo=UTC)
    )
    assert wash.local_due_at.startswith("2027-03-14T10:0")
    assert wash.local_due_at.endswith("-04:00[America/New_York]")


def test_says_why_each_reminder_is_planned(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)

    codes = [decision.code for decision in clinic.reminders(limit=1)[0].why]
    assert codes == ["ZONE_OF_CLINIC", "CONSENT_RELIED_ON", "PLANNED"]


def test_decisions_of_one_moment_are_stored_in_one_row(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)

    assert clinic.service.count("decision") == clinic.service.count("outbound") > 0


def test_shows_what_would_be_sent(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)

    (wash,) = [
        reminder
        for reminder in clinic.reminders(channel=Channel.EMAIL)
        if reminder.step_key == "wash"
    ]
    assert wash.subject == "A note"
    assert wash.body is not None
    assert "Ana, a note about wash." in wash.body


def test_opens_a_task_for_a_clinicians_step(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)

    assert "call" not in {reminder.step_key for reminder in clinic.reminders()}
    assert clinic.service.count("staff_task", kind="CLINICIAN_STEP", step_key="call") == 1


def test_cautions_name_what_no_consent_permits(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))

    reply = clinic.service.do(clinic.enrollment(patient.id))

    assert {(caution.code, caution.step_key) for caution in reply.cautions} == {
        ("NO_CONSENT", None),
        ("NOT_PLANNED", "again"),
    }
    assert {reminder.channel for reminder in clinic.reminders()} == {Channel.SMS}


def test_a_late_step_is_shown_as_skipped(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))

    reply = clinic.service.do(
        clinic.enrollment(patient.id, procedure_at=NOW - timedelta(days=2, hours=6))
    )

    by_key = {reminder.step_key: reminder for reminder in clinic.reminders()}
    assert by_key["wash"].status is ReminderStatus.SKIPPED
    assert by_key["wash"].status_reason == "LATE_SKIPPED"
    assert by_key["prepare"].status is ReminderStatus.EXPIRED
    assert "wash" in {
        caution.step_key for caution in reply.cautions if caution.code == "LATE_SKIPPED"
    }


def test_a_late_step_that_is_still_useful_is_due_at_once(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))

    clinic.enroll(patient.id, procedure_at=OVER_AT, procedure_ended_at=OVER_AT)

    (today,) = [reminder for reminder in clinic.reminders() if reminder.step_key == "today"]
    assert today.status is ReminderStatus.SCHEDULED
    assert NOW <= today.due_at < NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        (timedelta(minutes=5), None, ProcedureState.PLANNED),
        (timedelta(hours=3, minutes=59), None, ProcedureState.PLANNED),
        (timedelta(hours=4), None, ProcedureState.PERFORMED),
        (timedelta(minutes=30), timedelta(minutes=5), ProcedureState.PERFORMED),
        (timedelta(hours=5), timedelta(hours=-1), ProcedureState.PLANNED),
    ],
)
def test_a_procedure_counts_as_performed_once_it_is_surely_over(
    clinic: Clinic, began: timedelta, ended: timedelta | None, expected: ProcedureState
) -> None:
    enrolled = clinic.enroll(
        clinic.register().id,
        procedure_at=NOW - began,
        procedure_ended_at=None if ended is None else NOW - ended,
    )

    assert enrolled.procedure_state is expected


def test_no_care_is_sent_during_the_procedure(
    clinic: Clinic, engine: sa.Engine, vault: Vault
) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS),))
    clinic.enroll(patient.id, procedure_at=NOW - timedelta(minutes=5))
    set_clock(engine, NOW + timedelta(minutes=10))
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []


def test_refuses_without_any_consent_for_care(clinic: Clinic) -> None:
    patient = clinic.register(consents=(consent(Channel.SMS, purpose=Purpose.MARKETING),))

    assert code(clinic.service.do(clinic.enrollment(patient.id))) is UserErrorCode.NO_CONSENT


def test_a_pending_consent_permits_nothing(clinic: Clinic) -> None:
    patient = clinic.register(scope=clinic.scope(role=Role.FRONT_END))

    assert code(clinic.service.do(clinic.enrollment(patient.id))) is UserErrorCode.NO_CONSENT


def test_the_same_key_and_input_give_the_same_enrollment(clinic: Clinic) -> None:
    command = clinic.enrollment(clinic.register().id)
    first = clinic.service.do(command)

    again = clinic.service.do(command)

    assert again.enrollment == first.enrollment
    assert len(clinic.reminders()) == 2 * len(CARE)


def test_the_same_key_with_another_input_is_a_conflict(clinic: Clinic) -> None:
    patient = clinic.register()
    clinic.enroll(patient.id, idempotency_key="k")

    reply = clinic.service.do(
        clinic.enrollment(patient.id, idempotency_key="k", performed_by="Dr. Reis")
    )

    assert code(reply) is UserErrorCode.CONFLICT


def test_the_same_procedure_is_not_enrolled_twice(clinic: Clinic) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id)

    reply = clinic.service.do(clinic.enrollment(patient.id))

    assert code(reply) is UserErrorCode.CONFLICT
    assert reply.refusals[0].existing_id == first.id


def test_the_same_plan_for_a_procedure_on_another_day_is_another_enrollment(
    clinic: Clinic,
) -> None:
    patient = clinic.register()
    first = clinic.enroll(patient.id)

    second = clinic.enroll(patient.id, procedure_at=NOW + timedelta(days=30))

    assert second.id != first.id


def test_an_unknown_plan_is_refused(clinic: Clinic) -> None:
    command = clinic.enrollment(clinic.register().id, plan="nothing")

    assert code(clinic.service.do(command)) is UserErrorCode.NOT_FOUND


def test_another_clinics_patient_does_not_exist(clinic: Clinic, service: Service) -> None:
    stranger = Clinic(service, "Other Clinic").register()

    assert code(service.do(clinic.enrollment(stranger.id))) is UserErrorCode.NOT_FOUND


def test_another_modes_patient_does_not_exist(clinic: Clinic) -> None:
    patient = clinic.register(scope=clinic.scope(mode=Mode.TEST))

    assert code(clinic.service.do(clinic.enrollment(patient.id))) is UserErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"procedure_at": NOW + timedelta(days=400)}, UserErrorCode.TOO_LATE),
        ({"procedure_at": NOW - timedelta(days=200)}, UserErrorCode.IN_THE_PAST),
        ({"procedure_at": datetime(2027, 3, 12)}, UserErrorCode.INVALID),  # noqa: DTZ001 - the fault under test
        ({"procedure_ended_at": NOW}, UserErrorCode.INVALID),
        ({"performed_by": ""}, UserErrorCode.INVALID),
    ],
)
def test_refuses_impossible_times_and_texts(
    clinic: Clinic, changes: dict[str, object], expected: UserErrorCode
) -> None:
    command = clinic.enrollment(clinic.register().id, **changes)

    assert code(clinic.service.do(command)) is expected


def test_announces_each_reminder_once_it_is_stored(clinic: Clinic) -> None:
    clinic.enroll(clinic.register().id)

    announced = {event.reminder_id for event in clinic.service.events_of(ReminderChanged)}
    assert announced == {reminder.id for reminder in clinic.reminders()}


def test_a_shared_address_is_written_to_discreetly(clinic: Clinic) -> None:
    full = consent(Channel.EMAIL, detail="DETAILED")
    clinic.register(phone=None, consents=(consent(Channel.EMAIL),))
    patient = clinic.register(phone=None, email=EMAIL, detail="DETAILED", consents=(full,))

    clinic.enroll(patient.id)

    assert {reminder.subject for reminder in clinic.reminders(patient_id=patient.id)} == {"A note"}


def test_a_plan_that_cannot_be_rendered_is_refused(service: Service) -> None:
    clinic = Clinic(service, phone=None)
    body = MessageBody(text="Call {{ clinic_phone }}.", subject="Call")
    messages = StepMessages(discreet=body, detailed=body)
    calling = step("phone", messages={Channel.SMS: messages}, channels=(Channel.SMS,))
    service.source.plans["calls"] = msgspec.structs.replace(PLAN, slug="calls", steps=(calling,))

    reply = service.do(clinic.enrollment(clinic.register().id, plan="calls"))

    assert code(reply) is UserErrorCode.INVALID
    assert "phone" in reply.refusals[0].message


def test_cautions_name_a_channel_without_a_sender(engine: sa.Engine, vault: Vault) -> None:
    clinic = Clinic(Service(engine, vault, texts_from=""))

    reply = clinic.service.do(clinic.enrollment(clinic.register().id))

    assert "NO_SENDER" in {caution.code for caution in reply.cautions}


def test_a_paper_copy_is_needed_when_the_first_advice_comes_too_late(clinic: Clinic) -> None:
    patient = clinic.register()

    evening = clinic.service.do(
        clinic.enrollment(patient.id, procedure_at=NOW.replace(hour=21) + timedelta(days=1))
    )
    noon = clinic.service.do(clinic.enrollment(patient.id))

    assert [
        caution.step_key for caution in evening.cautions if caution.code == "PAPER_COPY_NEEDED"
    ] == ["today"]
    assert "PAPER_COPY_NEEDED" not in {caution.code for caution in noon.cautions}


def test_a_paper_copy_is_needed_when_the_first_advice_cannot_be_sent(
    engine: sa.Engine, vault: Vault
) -> None:
    clinic = Clinic(Service(engine, vault, texts_from=""))
    patient = clinic.register(consents=(consent(Channel.SMS),))

    reply = clinic.service.do(clinic.enrollment(patient.id))

    assert ("PAPER_COPY_NEEDED", "today") in {
        (caution.code, caution.step_key) for caution in reply.cautions
    }


def test_an_enrollment_of_a_later_procedure_awaits_its_record(clinic: Clinic) -> None:
    assert clinic.enroll(clinic.register().id).procedure_state is ProcedureState.PLANNED
