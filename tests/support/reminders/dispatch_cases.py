"""What a due message is judged by, as usual as can be."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts.catalog import Channel, Purpose
from services.contracts.reminders import QuietHours
from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
)
from services.reminders.core.outbound import Claim, OutboundKind
from services.reminders.core.windows import Window
from services.reminders.delivery.domain.dispatch import (
    DispatchFacts,
    Policy,
    StandingConsent,
    Verdict,
    decide,
)

NOON = datetime(2027, 5, 1, 12, tzinfo=UTC)
NIGHT = datetime(2027, 5, 1, 23, tzinfo=UTC)
MORNING = datetime(2027, 5, 2, 9, tzinfo=UTC)
GRANTED = StandingConsent(
    id=5, state=ConsentState.GRANTED, detail=MessageDetail.DISCREET, contact_point_id=1
)
USUAL: dict[str, Any] = {
    "has_contact": True,
    "consent": GRANTED,
    "window": Window(ZoneInfo("UTC"), QuietHours(start=time(20), end=time(9))),
    "enrollment_status": EnrollmentStatus.ACTIVE,
    "procedure_state": ProcedureState.PERFORMED,
}


def claim(kind: OutboundKind = OutboundKind.REMINDER, **more: Any) -> Claim:
    values: dict[str, Any] = {
        "clinic_id": 1,
        "id": 1,
        "token": 1,
        "kind": kind,
        "mode": Mode.LIVE,
        "patient_id": 1,
        "contact_point_id": 1,
        "enrollment_id": 1,
        "step_key": "day-1",
        "purpose": Purpose.CARE,
        "channel": Channel.SMS,
        "due_at": NOON,
        "useful_until": NOON + timedelta(days=2),
        "attempts": 0,
        "subject_sealed": None,
        "body_sealed": None,
    }
    return Claim(**values | more)


def judge(
    about: Claim,
    *,
    now: datetime = NOON,
    is_test_allowed: bool = False,
    daily_cap: int | None = None,
    **facts: Any,
) -> Verdict:
    policy = Policy(is_test_allowed=is_test_allowed, daily_cap=daily_cap)
    return decide(about, DispatchFacts(**USUAL | facts), policy, now=now)
