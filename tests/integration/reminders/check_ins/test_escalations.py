"""An escalation from a red flag to its acknowledgment and outcome."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.check_ins import (
    AcknowledgeAlert,
    AcknowledgeEscalation,
    EscalationRecord,
    GetEscalations,
    ListEscalations,
    ResolveEscalation,
    ShowAlert,
)
from services.contracts.errors import UserErrorCode
from services.contracts.events import EscalationChanged
from services.contracts.words import (
    AlertHours,
    CheckInLevel,
    EscalationOutcome,
    ReminderStatus,
    Role,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import clinic, outbound
from services.reminders.delivery.domain.outgoing import Accepted, RejectedForGood
from tests.support.reminders.check_in_case import CheckInCase
from tests.support.reminders.due_messages import PHONE
from tests.support.reminders.units_of_work import OPERATOR

FIRST, SECOND, THIRD, FOURTH = "+12025550141", "+12025550142", "+12025550143", "+12025550144"
MINUTES = timedelta(minutes=1)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    """A patient who was asked, and a clinic that alerts four people."""
    case = CheckInCase(engine, vault)
    for tier, address in enumerate((FIRST, SECOND, THIRD, FOURTH)):
        case.alert(tier, address)
    case.ask_patient()
    return case


def red(case: CheckInCase, words: str = "there is pus") -> EscalationRecord:
    case.text(words)
    case.run_timers()
    [row] = case.escalations()
    return record_of(case, row.id)


def record_of(case: CheckInCase, escalation_id: int) -> EscalationRecord:
    [record] = case.ask(GetEscalations(scope=case.scope(), ids=(escalation_id,)))
    assert record is not None
    return record


def alerted(case: CheckInCase) -> list[str]:
    """The addresses that messages were just delivered to, in order."""
    return [text.split(":")[0] for text in case.deliver()]


def after(case: CheckInCase, minutes: int) -> list[str]:
    case.wait(minutes * MINUTES)
    return alerted(case)


# ---------------------------------------------------------------- the patient
def test_a_red_answer_gets_the_safety_text_at_once(case: CheckInCase) -> None:
    case.text("there is pus")

    assert f"{PHONE}: Rowan Clinic: call +12025550199 now." in case.deliver()


def test_the_safety_text_ignores_quiet_hours(case: CheckInCase) -> None:
    case.due.close_window()
    case.text("there is pus")
    case.deliver()

    assert case.states(OutboundKind.SAFETY) == [ReminderStatus.ACCEPTED]


def test_the_default_safety_text_goes_out_if_the_plans_cannot_be_rendered(
    engine: sa.Engine, vault: Vault
) -> None:
    case = CheckInCase(engine, vault)
    with engine.begin() as connection:
        connection.execute(sa.update(clinic).values(phone=None))
    case.ask_patient()
    case.text("there is pus")

    [text] = case.written(OutboundKind.SAFETY)
    assert text.startswith("Rowan Clinic: What you describe should be looked at now.")
    assert "911" in text


def test_after_an_opt_out_nothing_is_texted_and_staff_are_told_to_phone(
    case: CheckInCase,
) -> None:
    case.text("STOP")
    case.deliver()
    red(case)

    texts = case.deliver()
    assert [text.split(":")[0] for text in texts] == [FIRST]
    assert "They cannot be texted: phone them." in texts[0]
    assert case.written(OutboundKind.SAFETY) == []


def test_staff_are_told_to_phone_when_the_safety_text_does_not_arrive(case: CheckInCase) -> None:
    case.worker.dispatcher.answer = lambda message: (
        RejectedForGood("NO_ROUTE") if message.to == PHONE else Accepted("SM")
    )
    red(case)
    first = case.deliver()
    for _ in range(2):
        case.run_timers()
    second = case.deliver()

    assert "phone them" not in first[-1]
    assert second[0].startswith(SECOND)
    assert "phone them" in second[0]


# ---------------------------------------------------------------- the chain
def test_tiers_are_alerted_at_0_5_15_and_30_minutes(case: CheckInCase) -> None:
    red(case)

    assert alerted(case) == [PHONE, FIRST]
    assert after(case, 4) == []
    assert after(case, 1) == [SECOND]
    assert after(case, 9) == []
    assert after(case, 1) == [THIRD]
    assert after(case, 15) == [FOURTH]


def test_after_the_last_tier_everybody_is_alerted_again_and_the_operator_is_paged(
    case: CheckInCase,
) -> None:
    red(case)
    for minutes in (0, 5, 10, 15):
        after(case, minutes)
    before = list(case.rounds.pages)

    everybody = after(case, 15)

    assert before == []
    assert sorted(everybody) == sorted([FIRST, SECOND, THIRD, FOURTH, OPERATOR.address])
    assert [clinic_id for clinic_id, _ in case.rounds.pages] == [case.due.clinic_id]
    assert sorted(after(case, 15)) == sorted(everybody)


def test_alerts_name_the_clinic_and_a_number_and_no_patient(case: CheckInCase) -> None:
    escalation = red(case)

    [text] = case.written(OutboundKind.STAFF_ALERT)
    assert text.startswith(f"Rowan Clinic: escalation {escalation.id}.")
    assert "/a/" in text
    assert "Pat" not in text.replace("Patient", "").replace("patient", "")
    assert PHONE not in text


def test_an_acknowledgement_stops_the_chain(case: CheckInCase) -> None:
    escalation = red(case)
    alerted(case)

    reply = case.do(
        AcknowledgeEscalation(scope=case.scope(), escalation_id=escalation.id, by="Dr. Rowan")
    )

    assert reply.escalation is not None
    assert reply.escalation.acknowledged_by == "Dr. Rowan"
    assert [after(case, minutes) for minutes in (5, 10, 15, 15)] == [[], [], [], []]


def test_an_acknowledgement_cancels_alerts_that_were_not_sent(case: CheckInCase) -> None:
    escalation = red(case)

    case.do(AcknowledgeEscalation(scope=case.scope(), escalation_id=escalation.id))

    assert alerted(case) == [PHONE]
    assert case.states(OutboundKind.STAFF_ALERT) == [ReminderStatus.CANCELLED]


def test_a_name_cannot_look_like_a_key(case: CheckInCase) -> None:
    escalation = red(case)

    ask = AcknowledgeEscalation(scope=case.scope(), escalation_id=escalation.id, by="key:3")

    [refusal] = case.do(ask).refusals

    assert (refusal.code, refusal.path) == (UserErrorCode.INVALID, ("by",))
    assert record_of(case, escalation.id).acknowledged_at is None


def test_the_first_acknowledgement_stands(case: CheckInCase) -> None:
    escalation = red(case)
    for name in ("Ana", "Bo"):
        reply = case.do(
            AcknowledgeEscalation(scope=case.scope(), escalation_id=escalation.id, by=name)
        )

    assert reply.escalation is not None
    assert reply.escalation.acknowledged_by == "Ana"


def test_the_next_tier_is_alerted_at_once_if_an_alert_cannot_arrive(case: CheckInCase) -> None:
    case.worker.dispatcher.answer = lambda message: (
        RejectedForGood("NO_ROUTE") if message.to == FIRST else Accepted("SM")
    )
    red(case)
    alerted(case)
    case.run_timers()

    assert alerted(case) == [SECOND]
    alerts = record_of(case, case.escalations()[0].id).alerts
    assert [alert.state for alert in alerts] == [ReminderStatus.FAILED, ReminderStatus.ACCEPTED]


def test_an_empty_tier_is_skipped_at_once(engine: sa.Engine, vault: Vault) -> None:
    case = CheckInCase(engine, vault)
    case.alert(2, THIRD)
    case.ask_patient()
    red(case)

    assert alerted(case) == [PHONE, THIRD]


def test_the_operator_is_paged_at_once_for_a_clinic_without_contacts(
    engine: sa.Engine, vault: Vault
) -> None:
    case = CheckInCase(engine, vault)
    case.ask_patient()
    red(case)

    assert alerted(case) == [PHONE, OPERATOR.address]
    assert len(case.rounds.pages) == 1


def test_out_of_hours_other_people_are_alerted(engine: sa.Engine, vault: Vault) -> None:
    case = CheckInCase(engine, vault)
    case.alert(0, FIRST, hours=AlertHours.OPEN)
    case.alert(0, SECOND, hours=AlertHours.OUT_OF_HOURS)
    with engine.begin() as connection:
        today = case.now().date().isoformat()
        closed = [{"first_day": today, "last_day": today}]
        connection.execute(sa.update(clinic).values(closures=closed))
    case.ask_patient()
    red(case)

    assert alerted(case) == [PHONE, SECOND]


def test_two_dispatchers_alert_each_person_once(
    case: CheckInCase, engine: sa.Engine, vault: Vault
) -> None:
    red(case)
    CheckInCase(engine, vault, name="Other Clinic").run_timers()
    case.run_timers()

    assert alerted(case) == [PHONE, FIRST]


def test_alerts_missed_while_no_dispatcher_ran_are_sent_later(case: CheckInCase) -> None:
    case.text("there is pus")
    case.wait(20 * MINUTES)
    for _ in range(2):
        case.run_timers()

    assert alerted(case) == [PHONE, FIRST, SECOND, THIRD]


# ---------------------------------------------------------------- one at a time
def test_a_second_red_answer_opens_a_task_and_no_second_escalation(case: CheckInCase) -> None:
    red(case)
    case.text("it is worse, more pus")

    assert len(case.escalations()) == 1
    assert len(case.written(OutboundKind.SAFETY)) == 1
    assert case.tasks() == ["UNREAD_REPLY"]


def test_after_it_is_resolved_another_may_open(case: CheckInCase) -> None:
    escalation = red(case)
    case.do(
        ResolveEscalation(
            scope=case.scope(),
            escalation_id=escalation.id,
            outcome=EscalationOutcome.SEEN_AT_CLINIC,
        )
    )
    case.text("pus again")

    assert len(case.escalations()) == 2


def test_the_reason_names_the_answer(case: CheckInCase) -> None:
    escalation = red(case, "3")

    assert escalation.reason == "Care: answered “Much worse”."
    assert (escalation.level, escalation.check_in_id) == (
        CheckInLevel.RED,
        case.check_ins()[0].id,
    )


def test_every_change_of_an_escalation_is_announced(case: CheckInCase) -> None:
    escalation = red(case)

    assert EscalationChanged(
        clinic_id=case.due.clinic_id, escalation_id=escalation.id
    ) in case.rounds.events  # fmt: skip


# ---------------------------------------------------------------- outcomes
def test_a_clinician_resolves_it_with_an_outcome(case: CheckInCase) -> None:
    escalation = red(case)

    reply = case.do(
        ResolveEscalation(
            scope=case.scope(),
            escalation_id=escalation.id,
            outcome=EscalationOutcome.ADVISED,
            note="Told to rinse.",
        )
    )

    assert reply.escalation is not None
    assert (reply.escalation.outcome, reply.escalation.note) == (
        EscalationOutcome.ADVISED,
        "Told to rinse.",
    )
    assert reply.escalation.acknowledged_by == "key:1"
    assert after(case, 60)[2:] == []


def test_staff_may_acknowledge_but_not_resolve(case: CheckInCase) -> None:
    escalation = red(case)
    staff = case.scope(role=Role.STAFF)

    acknowledged = case.do(AcknowledgeEscalation(scope=staff, escalation_id=escalation.id))
    resolved = case.do(
        ResolveEscalation(
            scope=staff, escalation_id=escalation.id, outcome=EscalationOutcome.FALSE_ALARM
        )
    )

    assert acknowledged.refusals == ()
    assert [refusal.code for refusal in resolved.refusals] == [UserErrorCode.NOT_ALLOWED]
    assert record_of(case, escalation.id).resolved_at is None


def test_another_outcome_conflicts_and_the_same_one_does_not(case: CheckInCase) -> None:
    escalation = red(case)
    replies = [
        case.do(ResolveEscalation(scope=case.scope(), escalation_id=escalation.id, outcome=outcome))
        for outcome in (
            EscalationOutcome.ADVISED, EscalationOutcome.ADVISED, EscalationOutcome.OTHER,
        )
    ]  # fmt: skip

    assert [[refusal.code for refusal in reply.refusals] for reply in replies] == [
        [], [], [UserErrorCode.CONFLICT],
    ]  # fmt: skip


def test_another_clinics_escalation_is_not_found(
    case: CheckInCase, engine: sa.Engine, vault: Vault
) -> None:
    escalation = red(case)
    other = CheckInCase(engine, vault, name="Other Clinic")

    reply = other.do(AcknowledgeEscalation(scope=other.scope(), escalation_id=escalation.id))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]
    assert record_of(case, escalation.id).acknowledged_at is None


def test_open_escalations_are_listed_oldest_first(case: CheckInCase) -> None:
    first = red(case)
    case.due.remind(step_key="ask-0", step_kind="CHECK_IN", **case.another_patient())
    case.due.change(case.due.rows_of(outbound)[-1].id, state=ReminderStatus.ACCEPTED)
    case.wait(A_SECOND)
    case.text("pus")

    page = case.ask(ListEscalations(scope=case.scope(), limit=1))
    last = page.items[0]
    rest = case.ask(
        ListEscalations(scope=case.scope(), limit=5, after=(0, last.opened_at, last.id))
    )

    assert (page.has_more, page.total, page.items[0].id) == (True, 2, first.id)
    assert [escalation.id for escalation in rest.items] == [case.escalations()[1].id]
    assert case.ask(ListEscalations(scope=case.scope(), limit=5, is_open=False)).items == ()


# ---------------------------------------------------------------- the page of an alert
def test_looking_at_an_alert_acknowledges_nothing(case: CheckInCase) -> None:
    escalation = red(case)
    [row] = case.alerts()

    shown = case.ask(ShowAlert(clinic_id=case.due.clinic_id, alert_id=row.id))

    assert shown is not None
    assert (shown.escalation_id, shown.acknowledged_at) == (escalation.id, None)
    assert record_of(case, escalation.id).acknowledged_at is None


def test_an_alert_is_shown_on_the_clinics_clock(case: CheckInCase) -> None:
    red(case)
    [row] = case.alerts()
    with case.due.engine.begin() as connection:
        connection.execute(sa.update(clinic).values(time_zone="Asia/Kathmandu"))

    shown = case.ask(ShowAlert(clinic_id=case.due.clinic_id, alert_id=row.id))

    assert shown is not None
    assert shown.time_zone == "Asia/Kathmandu"


def test_the_alerts_form_acknowledges_its_escalation(case: CheckInCase) -> None:
    escalation = red(case)
    [row] = case.alerts()

    shown = case.do(AcknowledgeAlert(clinic_id=case.due.clinic_id, alert_id=row.id, by="Sam"))

    assert shown is not None
    assert shown.acknowledged_by == "Sam"
    assert record_of(case, escalation.id).acknowledged_by == "Sam"
