"""Records of a check-in and its escalation, as the reminders service returns them."""

from datetime import timedelta
from typing import Any

import msgspec

from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AlertRecord,
    CheckInOptionRecord,
    CheckInRecord,
    EscalationRecord,
)
from services.contracts.words import CheckInLevel, ReminderStatus
from tests.support.gateway.care_records import PROCEDURE_AT

ASKED_AT = PROCEDURE_AT + timedelta(days=2)
_CHECK_IN = CheckInRecord(
    id=80,
    reminder_id=100,
    enrollment_id=5,
    patient_id=12,
    step_key="day-2-how-is-it-going",
    question="How are you doing today?",
    options=(
        CheckInOptionRecord(value="1", label="calming down"),
        CheckInOptionRecord(value="2", label="getting worse"),
    ),
    opened_at=ASKED_AT,
    closes_at=ASKED_AT + timedelta(days=1),
    answer="2",
    answered_via="SMS",
    answered_at=ASKED_AT + timedelta(minutes=9),
    level=CheckInLevel.RED,
    escalation_id=90,
)
_ESCALATION = EscalationRecord(
    id=90,
    level=CheckInLevel.RED,
    reason="OPTION",
    patient_id=12,
    enrollment_id=5,
    check_in_id=80,
    inbound_id=70,
    opened_at=ASKED_AT + timedelta(minutes=9),
    alerts=(
        AlertRecord(
            tier=0,
            channel=Channel.SMS,
            sent_at=ASKED_AT + timedelta(minutes=9),
            state=ReminderStatus.DELIVERED,
        ),
    ),
)


def check_in(number: int = 80, **more: Any) -> CheckInRecord:
    return msgspec.structs.replace(_CHECK_IN, id=number, **more)


def escalation(number: int = 90, **more: Any) -> EscalationRecord:
    return msgspec.structs.replace(_ESCALATION, id=number, **more)
