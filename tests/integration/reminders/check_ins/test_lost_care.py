"""Care that did not reach a patient, and the task that follows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, Purpose
from services.contracts.events import TaskChanged
from services.contracts.incoming import RecordReceipt
from services.contracts.replies import CompleteTask, ListTasks
from services.contracts.words import (
    AddressFault,
    EnrollmentStatus,
    ProcedureState,
    ReceiptState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.database.tables import delivery_attempt, enrollment, staff_task
from services.reminders.delivery.domain.outgoing import Accepted, RejectedForGood
from services.reminders.delivery.usecases.record_receipt import record_receipt
from tests.support.reminders.aftercare import Clinic, Service
from tests.support.reminders.check_in_case import CheckInCase
from tests.support.reminders.units_of_work import unit_of_work

LOST = (
    (ReminderStatus.FAILED, "NO_ROUTE"),
    (ReminderStatus.UNDELIVERED, "30005"),
    (ReminderStatus.EXPIRED, "USEFULNESS_OVER"),
    (ReminderStatus.SKIPPED, "OPTED_OUT"),
    (ReminderStatus.SKIPPED, "SUPPRESSED_OPT_OUT"),
)
INTENDED = (
    (ReminderStatus.SKIPPED, "LATE_SKIPPED"),
    (ReminderStatus.EXPIRED, "LATE_EXPIRED"),
    (ReminderStatus.SKIPPED, "PROCEDURE_NOT_DONE"),
    (ReminderStatus.SKIPPED, "ENROLLMENT_ENDED"),
    (ReminderStatus.EXPIRED, "PAUSED_PAST_USEFULNESS"),
    (ReminderStatus.SKIPPED, "TEST_MODE"),
    (ReminderStatus.CANCELLED, "ENROLLMENT_CANCELLED"),
    (ReminderStatus.DELIVERED, None),
    (ReminderStatus.FAILED, "RENDER_FAILED"),
)


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    return CheckInCase(engine, vault)


def end(
    case: CheckInCase, state: ReminderStatus, reason: str | None, number: int = 0, **more: object
) -> None:
    reminder = case.due.remind(number, due_in=timedelta(hours=1), **more)  # type: ignore[arg-type]  # a test names them
    case.due.change(reminder, state=state, state_reason=reason)


def procedure(case: CheckInCase, **values: object) -> None:
    with case.due.engine.begin() as connection:
        connection.execute(sa.update(enrollment).values(**values))


@pytest.mark.parametrize(("state", "reason"), LOST)
def test_lost_care_opens_a_task(case: CheckInCase, state: ReminderStatus, reason: str) -> None:
    end(case, state, reason)
    case.run_timers()

    [task] = case.due.rows_of(staff_task)
    assert (task.kind, task.enrollment_id) == ("UNREACHABLE", case.due.enrollment_id)
    assert case.rounds.events == [TaskChanged(clinic_id=case.due.clinic_id, task_id=task.id)]


@pytest.mark.parametrize(("state", "reason"), INTENDED)
def test_care_that_was_stopped_on_purpose_opens_no_task(
    case: CheckInCase, state: ReminderStatus, reason: str | None
) -> None:
    end(case, state, reason)
    case.run_timers()

    assert case.tasks() == []


def test_an_enrollment_has_one_task_for_all_its_losses(case: CheckInCase) -> None:
    for number, (state, reason) in enumerate(LOST):
        end(case, state, reason, number)
        case.run_timers()

    assert case.tasks() == ["UNREACHABLE"]


def test_the_next_loss_opens_another_task_once_the_first_is_done(case: CheckInCase) -> None:
    end(case, ReminderStatus.FAILED, "NO_ROUTE")
    case.run_timers()
    with case.due.engine.begin() as connection:
        connection.execute(sa.update(staff_task).values(done_at=case.now(), done_by="key:1"))
    case.run_timers()
    same = case.tasks()
    end(case, ReminderStatus.FAILED, "NO_ROUTE", 1)
    case.run_timers()

    assert (same, case.tasks()) == ([], ["UNREACHABLE"])


def test_what_arrived_on_the_other_channel_is_not_lost(case: CheckInCase) -> None:
    case.worker.dispatcher.answer = lambda message: (
        RejectedForGood("NO_ROUTE") if message.subject is None else Accepted("M1")
    )
    case.due.remind(2, step_key="wash")
    case.deliver()
    case.run_timers()

    assert case.tasks() == []


def test_marketing_is_no_care(case: CheckInCase) -> None:
    end(case, ReminderStatus.FAILED, "NO_ROUTE", purpose=Purpose.MARKETING)
    case.run_timers()

    assert case.tasks() == []


def test_nobody_is_asked_about_a_paused_enrollment(case: CheckInCase) -> None:
    procedure(case, status=EnrollmentStatus.PAUSED)
    end(case, ReminderStatus.EXPIRED, "USEFULNESS_OVER")
    case.run_timers()

    assert case.tasks() == []


def test_nobody_is_asked_about_care_after_a_procedure_nobody_confirmed(case: CheckInCase) -> None:
    procedure(case, procedure_state=ProcedureState.PLANNED)
    end(case, ReminderStatus.EXPIRED, "USEFULNESS_OVER")
    case.run_timers()

    assert case.tasks() == []


def test_an_address_that_does_not_work_opens_a_task_of_its_own(case: CheckInCase) -> None:
    refused = RejectedForGood("LANDLINE", SuppressionReason.INVALID)
    case.worker.dispatcher.answer = lambda _: refused
    case.due.remind(2, step_key="wash", channel=Channel.SMS)
    case.deliver()
    case.run_timers()

    titles = {row.title for row in case.due.rows_of(staff_task)}
    assert "An address for SMS does not work; ask for another" in titles
    assert "Care messages do not reach the patient; agree on another way" in titles


def test_many_losses_are_followed_in_batches(case: CheckInCase) -> None:
    for number in range(5):
        end(case, ReminderStatus.EXPIRED, "USEFULNESS_OVER", number)

    assert case.run_timers() == 5
    assert case.run_timers() == 0


def test_each_bouncing_address_opens_a_task(case: CheckInCase) -> None:
    for channel in (Channel.SMS, Channel.EMAIL):
        case.due.remind(2, step_key="wash", channel=channel)
    case.deliver()
    for row in case.due.rows_of(delivery_attempt):
        receipt = RecordReceipt(
            provider=row.provider,
            clinic_id=case.due.clinic_id,
            attempt_id=row.id,
            state=ReceiptState.UNDELIVERED,
            provider_state="bounced",
            about_address=AddressFault.HARD_BOUNCE,
            received_at=case.now(),
        )
        with unit_of_work(case.due.engine, case.due.vault) as uow:
            record_receipt(uow, receipt)
    case.run_timers()

    titles = sorted(row.title for row in case.due.rows_of(staff_task))
    assert titles == [
        "An address for EMAIL does not work; ask for another",
        "An address for SMS does not work; ask for another",
        "Care messages do not reach the patient; agree on another way",
    ]


def test_a_task_that_is_done_is_announced(engine: sa.Engine, vault: Vault) -> None:
    clinic = Clinic(Service(engine, vault))
    clinic.enroll(clinic.register().id)
    [task] = clinic.service.ask(ListTasks(scope=clinic.scope(), limit=5)).items
    clinic.service.do(CompleteTask(scope=clinic.scope(), task_id=task.id))

    [event] = clinic.service.events_of(TaskChanged)
    assert (event.clinic_id, event.task_id) == (clinic.record.id, task.id)
