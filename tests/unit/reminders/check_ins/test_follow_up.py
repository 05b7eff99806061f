"""What follows from a message that never reached the patient."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Purpose, StepKind
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus
from services.reminders.check_ins.domain.follow_up import Consequence, LostMessage, consequence
from services.reminders.core.outbound import OutboundKind

PROCEDURE_AT = datetime(2027, 3, 10, 12, tzinfo=UTC)
LOST = LostMessage(
    clinic_id=1,
    id=2,
    patient_id=3,
    enrollment_id=4,
    step_key="wash",
    kind=OutboundKind.REMINDER,
    step_kind=StepKind.CARE,
    purpose=Purpose.CARE,
    state=ReminderStatus.UNDELIVERED,
    reason="30003",
    ended_at=PROCEDURE_AT + timedelta(days=1),
    enrollment_status=EnrollmentStatus.ACTIVE,
    procedure_state=ProcedureState.PERFORMED,
    procedure_at=PROCEDURE_AT,
)


@pytest.mark.parametrize(
    ("changes", "follows"),
    [
        ({}, Consequence.UNREACHABLE),
        ({"step_kind": StepKind.CHECK_IN}, Consequence.UNREACHED),
        ({"kind": OutboundKind.SAFETY}, Consequence.MUST_PHONE),
        ({"kind": OutboundKind.SAFETY, "reason": "OPTED_OUT"}, Consequence.MUST_PHONE),
        ({"state": ReminderStatus.SKIPPED, "reason": "OPTED_OUT"}, Consequence.OPTED_OUT),
        (
            {
                "state": ReminderStatus.SKIPPED,
                "reason": "SUPPRESSED_OPT_OUT",
                "step_kind": StepKind.CHECK_IN,
            },
            Consequence.OPTED_OUT,
        ),
        ({"state": ReminderStatus.SKIPPED, "reason": "NO_CONSENT"}, Consequence.UNREACHABLE),
        ({"state": ReminderStatus.SKIPPED, "reason": "FREQUENCY_CAP"}, None),
        ({"state": ReminderStatus.EXPIRED, "reason": "WINDOW_EXPIRED"}, None),
        ({"state": ReminderStatus.SKIPPED, "reason": "TEST_MODE"}, None),
        ({"purpose": Purpose.MARKETING}, None),
        ({"reason": "RENDER_FAILED"}, None),
        ({"reason": "RENDER_FAILED", "step_kind": StepKind.CHECK_IN}, Consequence.UNREACHED),
    ],
)
def test_a_lost_message_has_this_consequence(
    changes: dict[str, Any], follows: Consequence | None
) -> None:
    assert consequence(msgspec.structs.replace(LOST, **changes)) is follows


@pytest.mark.parametrize("status", [EnrollmentStatus.CANCELLED, EnrollmentStatus.PAUSED])
def test_nothing_follows_once_care_has_stopped(status: EnrollmentStatus) -> None:
    assert consequence(msgspec.structs.replace(LOST, enrollment_status=status)) is None


def test_nothing_follows_after_a_procedure_that_was_not_confirmed() -> None:
    planned = msgspec.structs.replace(LOST, procedure_state=ProcedureState.PLANNED)
    before = msgspec.structs.replace(planned, ended_at=PROCEDURE_AT - timedelta(hours=1))

    assert consequence(planned) is None
    assert consequence(before) is Consequence.UNREACHABLE
