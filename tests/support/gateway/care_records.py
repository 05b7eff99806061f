"""Records of a clinic, its patients and their reminders, as the service might reply."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec

from services.contracts.catalog import AftercarePlan, Channel, Purpose, StepKind
from services.contracts.reminders import (
    AttemptRecord,
    ClinicRecord,
    ConsentRecord,
    ContactPointRecord,
    DecisionRecord,
    EnrollmentRecord,
    PatientRecord,
    Preferences,
    QuietHours,
    ReceiptRecord,
    ReminderRecord,
)
from services.contracts.words import (
    AttemptOutcome,
    ConsentBasis,
    ConsentMethod,
    ConsentState,
    ContactOwner,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
)
from tests.support.content.catalog import shipped_release

PROCEDURE_AT = datetime(2026, 12, 3, 15, tzinfo=UTC)
CLINIC = ClinicRecord(
    id=7,
    name="Harbor Skin",
    time_zone="America/New_York",
    locale="en",
    country="US",
    emergency_number="911",
    phone="+12025550100",
    quiet_hours=QuietHours(start=time(20), end=time(9)),
)
CONSENT = ConsentRecord(
    id=31,
    channel=Channel.SMS,
    purpose=Purpose.CARE,
    state=ConsentState.GRANTED,
    is_current=True,
    detail=MessageDetail.DISCREET,
    method=ConsentMethod.IN_PERSON,
    basis=ConsentBasis.EXPRESS,
    source="front-desk",
    wording_version="2026-1",
    recorded_by="key:3",
    recorded_at=PROCEDURE_AT - timedelta(days=9),
)


def patient(number: int = 12, **changes: Any) -> PatientRecord:
    record = PatientRecord(
        id=number,
        mode=Mode.TEST,
        reference=f"R-{number}",
        display_name="Ana",
        phone="+12025550143",
        email="ana@example.com",
        contact_points=(
            ContactPointRecord(
                channel=Channel.SMS,
                masked="+1•••••0143",
                verified_at=None,
                is_shared=False,
                owner=ContactOwner.SELF,
                suppressed=None,
            ),
        ),
        is_adult=True,
        time_zone="America/New_York",
        time_zone_stated=False,
        region="US-NY",
        locale="en",
        preferences=Preferences(
            channels=(Channel.SMS,),
            detail=MessageDetail.DISCREET,
            quiet_hours=None,
            paused_until=None,
        ),
        consents=(CONSENT,),
        suppressions=(),
    )
    return msgspec.structs.replace(record, **changes)


def plan() -> AftercarePlan:
    release = shipped_release()
    plans = release.catalogs[release.base_locale].plans
    return next(plan for plan in plans if plan.slug == "microneedling-aftercare")


def enrollment(number: int = 5, **changes: Any) -> EnrollmentRecord:
    record = EnrollmentRecord(
        id=number,
        patient_id=12,
        plan=plan(),
        status=EnrollmentStatus.ACTIVE,
        created_at=PROCEDURE_AT - timedelta(days=9),
        procedure_at=PROCEDURE_AT,
        procedure_ended_at=None,
        procedure_state=ProcedureState.PLANNED,
        performed_by="Dr. Lee",
        reference=f"E-{number}",
        visit_reference=None,
    )
    return msgspec.structs.replace(record, **changes)


def reminder(number: int = 100, **changes: Any) -> ReminderRecord:
    """Due `number` minutes after the procedure's start."""
    due_at = PROCEDURE_AT + timedelta(minutes=number)
    record = ReminderRecord(
        id=number,
        enrollment_id=5,
        patient_id=12,
        step_key="day-1-gentle",
        kind=StepKind.CARE,
        title="Gentle care",
        channel=Channel.SMS,
        status=ReminderStatus.ACCEPTED,
        status_reason="ACCEPTED_BY_PROVIDER",
        due_at=due_at,
        local_due_at="2026-12-04T10:00:00-05:00[America/New_York]",
        useful_until=due_at + timedelta(days=1),
        subject=None,
        body="Harbor Skin: rinse gently today.",
        attempts=(
            AttemptRecord(
                number=1,
                provider="provider",
                started_at=due_at,
                outcome=AttemptOutcome.ACCEPTED,
                code=None,
                provider_reference="c-1",
                receipts=(ReceiptRecord(at=due_at, state="PENDING", code=None),),
            ),
        ),
        why=(DecisionRecord(at=due_at, code="SENT", text="It was due."),),
    )
    return msgspec.structs.replace(record, **changes)
