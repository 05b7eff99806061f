from typing import Any

import msgspec
import pytest

from services.contracts import reminders as asks
from services.contracts.catalog import Channel, Purpose
from services.contracts.check_ins import ShowCheckIn
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.privacy import AuditKind, ErasePatient, EraseReply
from services.contracts.replies import GetTasks, InboundRecord, InboxPage, ListInbox, TaskRecord
from services.contracts.words import Mode, Role, TaskKind
from services.reminders.privacy.usecases.audit import audit_entries
from tests.support.gateway.care_records import PROCEDURE_AT, enrollment, patient, reminder

SCOPE = asks.Scope(clinic_id=7, mode=Mode.LIVE, role=Role.STAFF, actor="key:3")


def test_a_read_names_the_patient_and_the_personal_fields_that_were_shown() -> None:
    question = asks.GetPatients(scope=SCOPE, ids=(12, 13))

    (entry,) = audit_entries(question, (patient(12, email=None), None))

    assert (entry.clinic_id, entry.actor, entry.role) == (7, "key:3", "STAFF")
    assert (entry.kind, entry.action, entry.patient_id) == (AuditKind.READ, "GetPatients", 12)
    assert entry.fields == ("display_name", "phone", "reference")


def test_a_list_leaves_one_entry_per_patient() -> None:
    question = asks.ListReminders(scope=SCOPE, limit=9)
    page = asks.ReminderPage(
        items=(reminder(1), reminder(2), reminder(3, patient_id=13, body=None)), has_more=False
    )

    fields = {entry.patient_id: entry.fields for entry in audit_entries(question, page)}

    assert fields == {12: ("body",), 13: ()}


def test_a_change_names_the_fields_that_were_given_and_no_value() -> None:
    consent = asks.ConsentGiven(
        channel=Channel.SMS, purpose=Purpose.CARE, granted=True, source="Marlowe's form"
    )
    command = asks.RecordConsent(scope=SCOPE, patient_id=12, consent=consent)

    (entry,) = audit_entries(command, asks.PatientReply(patient=patient(12)), "c-1")

    assert (entry.kind, entry.fields) == (AuditKind.CHANGE, ("consent",))
    assert entry.command_id == "c-1"
    assert "Marlowe" not in str(msgspec.structs.asdict(entry))


def test_a_refusal_leaves_no_entry() -> None:
    refusal = Refusal(code=UserErrorCode.NOT_FOUND, message="None.")
    command = ErasePatient(scope=SCOPE, patient_id=12, reason="asked")

    assert audit_entries(command, EraseReply(refusals=(refusal,))) == []


def test_an_enrollment_counts_as_its_patients() -> None:
    command = asks.CancelEnrollment(scope=SCOPE, enrollment_id=5, reason="moved away")

    (entry,) = audit_entries(command, asks.EnrollmentReply(enrollment=enrollment(5)))

    assert (entry.patient_id, entry.fields) == (12, ("enrollment_id", "reason"))


def test_an_inbound_text_without_a_patient_is_recorded() -> None:
    message = InboundRecord(
        id=1, patient_id=None, channel=Channel.SMS, received_at=PROCEDURE_AT, text="hello",
        understood_as="UNREAD",
    )  # fmt: skip
    question = ListInbox(scope=SCOPE, limit=9)

    (entry,) = audit_entries(question, InboxPage(items=(message,), has_more=False))

    assert (entry.patient_id, entry.fields) == (None, ("text",))


def test_a_task_without_a_note_shows_nothing_personal() -> None:
    task = TaskRecord(
        id=1, kind=TaskKind.OTHER, title="Look", patient_id=12, enrollment_id=None,
        reminder_id=None, inbound_id=None, opened_at=PROCEDURE_AT, due_at=None, done_at=None,
        done_by=None, note=None,
    )  # fmt: skip

    (entry,) = audit_entries(GetTasks(scope=SCOPE, ids=(1,)), (task,))

    assert entry.fields == ()


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (asks.GetClinics(ids=(7,)), (None,)),
        (asks.FindPatient(scope=SCOPE, reference="P-1"), None),
        (ShowCheckIn(clinic_id=7, reminder_id=1), None),
        (asks.ListReminders(scope=SCOPE, limit=1), asks.ReminderPage(items=(), has_more=False)),
    ],
)
def test_a_reply_without_a_patient_leaves_no_entry(question: Any, reply: Any) -> None:
    assert audit_entries(question, reply) == []
