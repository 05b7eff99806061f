"""Whatever a test key does, live data is as if it did not exist; and the other way round."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts import check_ins, enrollments, privacy, replies
from services.contracts import reminders as asks
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.patients import ListPatients, UpdatePatient
from services.contracts.simulation import PlanAt, SimulateEnrollment
from services.contracts.words import (
    CheckInLevel,
    EscalationOutcome,
    Mode,
    ProcedureState,
    Role,
)
from services.reminders.database.tables import (
    check_in,
    contact_point,
    escalation,
    inbound_message,
    outbound,
)
from tests.support.reminders.aftercare import NOW, PHONE, PLAN, Clinic, consent

Made = dict[str, int]
Question = Callable[[asks.Scope, Made], Any]


@pytest.fixture
def live(clinic: Clinic, engine: sa.Engine) -> Made:
    """A live patient with something of everything."""
    made = clinic.register(reference="P-1")
    enrollment = clinic.enroll(made.id, reference="E-1", visit_reference="V-1")
    reminder = clinic.reminders(enrollment_id=enrollment.id)[0]
    (task, *_) = clinic.service.ask(replies.ListTasks(scope=clinic.scope(), limit=5)).items
    ids = {
        "patient": made.id, "enrollment": enrollment.id, "reminder": reminder.id, "task": task.id,
    }  # fmt: skip
    return ids | _asked(engine, clinic, ids)


def _asked(engine: sa.Engine, clinic: Clinic, made: Made) -> Made:
    """A check-in that waits for its answer, and an escalation that is open."""
    whose = {
        "clinic_id": clinic.record.id,
        "mode": Mode.LIVE,
        "patient_id": made["patient"],
        "enrollment_id": made["enrollment"],
        "opened_at": NOW,
    }
    with engine.begin() as connection:
        contact = sa.select(sa.func.min(contact_point.c.id)).scalar_subquery()
        question = whose | {
            "outbound_id": made["reminder"], "contact_point_id": contact, "step_key": "wash",
            "level": CheckInLevel.WAITING, "closes_at": NOW + timedelta(days=1),
        }  # fmt: skip
        asked = connection.execute(
            sa.insert(check_in).values(question).returning(check_in.c.id)
        ).scalar_one()
        alarm = whose | {"level": CheckInLevel.RED, "check_in_id": asked}
        raised = connection.execute(
            sa.insert(escalation).values(alarm).returning(escalation.c.id)
        ).scalar_one()
    return {"check_in": asked, "escalation": raised}


def elsewhere(clinic: Clinic) -> asks.Scope:
    return clinic.scope(mode=Mode.TEST, role=Role.ADMIN)


READS: list[Question] = [
    lambda scope, made: asks.GetPatients(scope=scope, ids=(made["patient"],)),
    lambda scope, _: asks.FindPatient(scope=scope, reference="P-1"),
    lambda scope, _: ListPatients(scope=scope, search=PHONE, limit=9),
    lambda scope, made: asks.GetEnrollments(scope=scope, ids=(made["enrollment"],)),
    lambda scope, _: asks.FindEnrollment(scope=scope, reference="E-1"),
    lambda scope, made: asks.ListEnrollments(scope=scope, patient_id=made["patient"], first=9),
    lambda scope, _: enrollments.FindEnrollments(scope=scope, first=9),
    lambda scope, made: asks.GetReminders(scope=scope, ids=(made["reminder"],)),
    lambda scope, _: asks.ListReminders(scope=scope, limit=9),
    lambda scope, made: asks.ListReminders(scope=scope, patient_id=made["patient"], limit=9),
    lambda scope, _: replies.ListTasks(scope=scope, limit=9),
    lambda scope, made: replies.GetTasks(scope=scope, ids=(made["task"],)),
    lambda scope, _: replies.ListInbox(scope=scope, limit=9),
    lambda scope, made: check_ins.ListCheckIns(scope=scope, enrollment_ids=(made["enrollment"],)),
    lambda scope, made: check_ins.GetCheckIns(scope=scope, ids=(made["check_in"],)),
    lambda scope, _: check_ins.ListEscalations(scope=scope, limit=9),
    lambda scope, made: check_ins.GetEscalations(scope=scope, ids=(made["escalation"],)),
    lambda scope, _: privacy.ExportPatient(scope=scope, reference="P-1"),
    lambda scope, made: privacy.ExportPatient(scope=scope, patient_id=made["patient"]),
    lambda scope, made: privacy.ListAudit(scope=scope, patient_id=made["patient"], limit=9),
]

CHANGES: list[Question] = [
    lambda scope, made: UpdatePatient(scope=scope, patient_id=made["patient"], display_name="Bo"),
    lambda scope, made: asks.RecordConsent(
        scope=scope, patient_id=made["patient"], consent=consent(Channel.SMS)
    ),
    lambda scope, made: replies.SuppressContact(
        scope=scope, patient_id=made["patient"], channel=Channel.SMS, reason="no"
    ),
    lambda scope, made: replies.LiftSuppression(
        scope=scope, patient_id=made["patient"], channel=Channel.SMS, evidence="said"
    ),
    lambda scope, made: asks.EnrollPatient(
        scope=scope, idempotency_key="t", patient_id=made["patient"], plan=PLAN.slug,
        procedure_at=NOW,
    ),
    lambda scope, made: asks.CancelEnrollment(scope=scope, enrollment_id=made["enrollment"]),
    lambda scope, made: enrollments.PauseEnrollment(scope=scope, enrollment_id=made["enrollment"]),
    lambda scope, made: enrollments.ResumeEnrollment(scope=scope, enrollment_id=made["enrollment"]),
    lambda scope, made: enrollments.RescheduleEnrollment(
        scope=scope, enrollment_id=made["enrollment"], procedure_at=NOW + timedelta(days=9)
    ),
    lambda scope, made: enrollments.RecordProcedure(
        scope=scope, enrollment_id=made["enrollment"], state=ProcedureState.NO_SHOW
    ),
    lambda scope, made: enrollments.SnoozeReminder(
        scope=scope, reminder_id=made["reminder"], until=NOW + timedelta(days=1)
    ),
    lambda scope, made: enrollments.CancelReminder(scope=scope, reminder_id=made["reminder"]),
    lambda scope, made: enrollments.RetryReminder(scope=scope, reminder_id=made["reminder"]),
    lambda scope, made: replies.CompleteTask(scope=scope, task_id=made["task"]),
    lambda scope, made: check_ins.AnswerCheckIn(
        scope=scope, check_in_id=made["check_in"], answer="fine"
    ),
    lambda scope, made: check_ins.AcknowledgeEscalation(
        scope=scope, escalation_id=made["escalation"]
    ),
    lambda scope, made: check_ins.ResolveEscalation(
        scope=scope, escalation_id=made["escalation"], outcome=EscalationOutcome.ADVISED
    ),
    lambda scope, made: privacy.ErasePatient(
        scope=scope, patient_id=made["patient"], reason="asked"
    ),
]  # fmt: skip


def text_of(reply: Any) -> str:
    """What a reply tells, but for counts and ids it was asked with."""
    return repr(reply)


@pytest.mark.parametrize("ask", READS, ids=range(len(READS)))
def test_a_test_key_reads_nothing_live(clinic: Clinic, live: Made, ask: Question) -> None:
    elsewhere_reply = text_of(clinic.service.ask(ask(elsewhere(clinic), live)))
    unknown_reply = text_of(clinic.service.ask(ask(elsewhere(clinic), dict.fromkeys(live, 10**9))))

    assert elsewhere_reply == unknown_reply
    assert "Record(" not in elsewhere_reply


@pytest.mark.parametrize("ask", CHANGES, ids=range(len(CHANGES)))
def test_a_test_key_changes_nothing_live(
    clinic: Clinic, live: Made, ask: Question, engine: sa.Engine
) -> None:
    before = _rows(engine)

    reply = clinic.service.do(ask(elsewhere(clinic), live))

    assert {refusal.code for refusal in reply.refusals} == {UserErrorCode.NOT_FOUND}
    assert _rows(engine) == before


def test_a_simulation_of_a_live_patient_by_a_test_key_is_of_nobody(
    clinic: Clinic, live: Made
) -> None:
    ask = SimulateEnrollment(
        scope=elsewhere(clinic),
        plans=(PlanAt(plan=PLAN.slug, procedure_at=NOW),),
        time_zone="Europe/Lisbon",
        patient_id=live["patient"],
    )

    assert clinic.service.ask(ask) is None


def test_the_same_key_and_reference_are_free_in_the_other_mode(clinic: Clinic, live: Made) -> None:
    assert live
    scope = clinic.scope(mode=Mode.TEST)

    made = clinic.register(scope=scope, idempotency_key="r1", reference="P-1")

    assert made.id != live["patient"]
    assert not any(point.is_shared for point in made.contact_points)


def test_what_cannot_be_of_one_mode_is_shown_to_live_keys_only(
    clinic: Clinic, engine: sa.Engine
) -> None:
    """Somebody unknown wrote: a real person may have."""
    with engine.begin() as connection:
        connection.execute(
            sa.insert(inbound_message).values(
                clinic_id=clinic.record.id, mode=Mode.LIVE, channel=Channel.SMS, provider="p",
                provider_message_id="1", address_index=b"i", understood_as="UNREAD",
                received_at=NOW,
            )
        )  # fmt: skip
    live = clinic.service.ask(replies.ListInbox(scope=clinic.scope(), limit=9))
    test = clinic.service.ask(replies.ListInbox(scope=elsewhere(clinic), limit=9))

    assert (len(live.items), len(test.items)) == (1, 0)


def test_every_message_is_of_its_patients_mode(clinic: Clinic, engine: sa.Engine) -> None:
    scope = clinic.scope(mode=Mode.TEST)
    made = clinic.register(scope=scope)
    clinic.enroll(made.id, scope=scope)

    with engine.connect() as connection:
        assert set(connection.scalars(sa.select(outbound.c.mode))) == {Mode.TEST}


def _rows(engine: sa.Engine) -> list[Any]:
    tables = (
        "patient",
        "enrollment",
        "outbound",
        "staff_task",
        "consent",
        "suppression",
        "check_in",
        "escalation",
    )
    with engine.connect() as connection:
        return [
            connection.execute(sa.text(f"select * from reminders.{table} order by id")).all()  # noqa: S608 - names of ours
            for table in tables
        ]
