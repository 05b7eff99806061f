"""What waits for somebody to act: a paused enrollment, a procedure that nobody has confirmed."""

from datetime import timedelta

import pytest

from services.contracts.catalog import AftercareStep, StepKind
from services.contracts.words import EnrollmentStatus, ProcedureState
from services.reminders.core.enrollment import follows_procedure, is_unconfirmed
from services.reminders.core.holds import OF_ENROLLMENT, Hold, Subject, hold_on, is_withdrawn
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.dispatch import Park, Send
from tests.support.reminders.aftercare import NOW, step
from tests.support.reminders.dispatch_cases import claim, judge

PASSING = (OutboundKind.REPLY, OutboundKind.SAFETY, OutboundKind.CORRECTION)


def test_a_paused_enrollments_reminder_is_parked() -> None:
    verdict = judge(claim(), enrollment_status=EnrollmentStatus.PAUSED)

    assert verdict == Park(OF_ENROLLMENT, Reason.ENROLLMENT_PAUSED)


def test_care_for_a_procedure_nobody_confirmed_is_parked() -> None:
    assert judge(claim(), awaits_procedure=True) == Park(
        OF_ENROLLMENT, Reason.PROCEDURE_UNCONFIRMED
    )


@pytest.mark.parametrize("kind", PASSING)
def test_answers_and_corrections_pass(kind: OutboundKind) -> None:
    verdict = judge(claim(kind), enrollment_status=EnrollmentStatus.PAUSED, awaits_procedure=True)

    assert isinstance(verdict, Send)


def test_an_operators_hold_goes_first() -> None:
    assert judge(claim(), hold_id=7, awaits_procedure=True) == Park(7, Reason.HELD)


def test_a_withdrawn_version_says_so() -> None:
    assert judge(claim(), hold_id=7, is_plan_withdrawn=True) == Park(7, Reason.PLAN_WITHDRAWN)


@pytest.mark.parametrize(
    ("step", "follows"),
    [
        (step("a", after="PT0S"), True),
        (step("b", after="PT24H"), True),
        (step("c", day=0, at="08:00"), True),
        (step("d", day=7), True),
        (step("e", after="-PT24H"), False),
        (step("f", day=-1), False),
        (step("g", day=0, at="08:00", kind=StepKind.PREPARE), False),
        (step("h", after="PT48H", kind=StepKind.CHECK_IN), True),
    ],
    ids=lambda value: value.key if isinstance(value, AftercareStep) else str(value),
)
def test_care_is_what_counts_from_the_end_or_lies_on_the_day_or_after(
    step: AftercareStep,
    follows: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert follows_procedure(step) is follows


@pytest.mark.parametrize(
    ("state", "later", "expected"),
    [
        (ProcedureState.PLANNED, timedelta(0), True),
        (ProcedureState.PLANNED, timedelta(minutes=1), False),
        (ProcedureState.PERFORMED, timedelta(hours=-1), False),
    ],
)
def test_a_procedure_is_unconfirmed_once_its_time_has_come(
    state: ProcedureState,
    later: timedelta,
    expected: bool,  # noqa: FBT001 - same
) -> None:
    assert is_unconfirmed(state, NOW + later, NOW) is expected


@pytest.mark.parametrize(("version", "expected"), [(1, True), (2, False), (None, False)])
def test_a_withdrawal_holds_its_version_alone(version: int | None, expected: bool) -> None:  # noqa: FBT001 - same
    subject = Subject(clinic_id=1, channel="SMS", plan="peel", plan_version=version)  # type: ignore[arg-type]  # the name will do
    holds = [Hold(id=3, plan="peel", plan_version=1)]

    assert (hold_on(subject, holds) == 3, is_withdrawn(subject, holds)) == (expected, expected)
