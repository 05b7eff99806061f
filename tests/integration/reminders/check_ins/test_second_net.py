"""Every text has a clock: what happens if nobody reads it, refuses, or writes of danger again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AcknowledgeEscalation,
    AnswerByLink,
    AnswerCheckIn,
    EscalationRecord,
    GetEscalations,
)
from services.contracts.replies import CompleteTask
from services.contracts.words import CheckInLevel, ReminderStatus, ReplyKeyword
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import clinic, enrollment, staff_task, suppression
from tests.support.reminders.check_in_case import CLOSE_AFTER, NUDGE_AFTER, CheckInCase, asking

A_MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=1)
FIRST = "+12025550141"


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    """A patient on the day after the procedure, and a clinic that alerts one person."""
    case = CheckInCase(engine, vault)
    case.alert(0, FIRST)
    operated(case, timedelta(days=1))
    return case


def operated(case: CheckInCase, ago: timedelta) -> None:
    with case.due.engine.begin() as connection:
        connection.execute(
            sa.update(enrollment)
            .where(enrollment.c.clinic_id == case.due.clinic_id)
            .values(procedure_at=case.now() - ago)
        )


def close_the_clinic(case: CheckInCase, days: int = 1) -> None:
    first, last = case.now().date(), case.now().date() + timedelta(days=days)
    closed = [{"first_day": first.isoformat(), "last_day": last.isoformat()}]
    with case.due.engine.begin() as connection:
        connection.execute(sa.update(clinic).values(closures=closed))


def acknowledge(case: CheckInCase, by: str = "Dr. Rowan") -> None:
    [row] = case.escalations()
    case.do(AcknowledgeEscalation(scope=case.scope(), escalation_id=row.id, by=by))


def record(case: CheckInCase) -> EscalationRecord:
    [row] = case.escalations()
    [shown] = case.ask(GetEscalations(scope=case.scope(), ids=(row.id,)))
    assert shown is not None
    return shown


def due_in(case: CheckInCase) -> timedelta:
    [task] = case.due.rows_of(staff_task)
    waits: timedelta = task.due_at - task.opened_at
    return waits


# ---------------------------------------------------------------- a text that nobody reads
def test_a_text_that_nobody_reads_in_time_alerts_staff_once(case: CheckInCase) -> None:
    case.text("when may I shower")
    case.wait(2 * HOURS - A_MINUTE)
    before = len(case.escalations())
    case.wait(2 * A_MINUTE)
    case.run_timers()

    assert before == 0
    [escalation] = case.escalations()
    assert (escalation.level, escalation.inbound_id is not None) == (CheckInLevel.UNCLEAR, True)
    assert "Nobody has read in time" in record(case).reason
    assert [text.split(":")[0] for text in case.deliver()] == [FIRST]
    assert case.written(OutboundKind.SAFETY) == []


def test_a_text_that_was_read_in_time_alerts_nobody(case: CheckInCase) -> None:
    case.text("when may I shower")
    [task] = case.due.rows_of(staff_task)
    case.do(CompleteTask(scope=case.scope(), task_id=task.id))
    case.wait(3 * HOURS)

    assert case.escalations() == []


def test_after_the_acute_days_a_text_waits_for_its_task(case: CheckInCase) -> None:
    operated(case, timedelta(days=8))
    case.text("when may I shower")
    case.wait(3 * HOURS)

    assert due_in(case) == 2 * HOURS
    assert case.escalations() == []


def test_the_plan_says_how_long_and_in_which_days(engine: sa.Engine, vault: Vault) -> None:
    plan = msgspec.structs.replace(asking(), read_within="PT30M", acute_for="P30D")
    case = CheckInCase(engine, vault, plan=plan)
    operated(case, timedelta(days=20))
    case.text("when may I shower")
    case.wait(timedelta(minutes=31))

    assert due_in(case) == timedelta(minutes=30)
    assert len(case.escalations()) == 1


def test_small_talk_waits_until_the_clinic_opens(case: CheckInCase) -> None:
    close_the_clinic(case)
    case.text("when may I shower")
    case.wait(3 * HOURS)

    assert due_in(case) > 24 * HOURS
    assert case.escalations() == []


@pytest.mark.parametrize("words", ["my cheek is 37.5", "qwertzuiop on my chin"])
def test_out_of_hours_what_may_be_urgent_climbs(case: CheckInCase, words: str) -> None:
    close_the_clinic(case)
    case.text(words)
    case.wait(2 * HOURS + A_MINUTE)

    assert len(case.escalations()) == 1


def test_a_picture_that_nobody_looks_at_climbs(case: CheckInCase) -> None:
    case.text("", media=1)
    case.wait(2 * HOURS + A_MINUTE)

    assert len(case.escalations()) == 1


def test_a_text_of_a_shared_phone_climbs_for_each_patient(case: CheckInCase) -> None:
    case.another_patient()
    operated(case, timedelta(days=1))
    case.text("when may I shower")
    case.wait(2 * HOURS + A_MINUTE)

    assert len({row.patient_id for row in case.escalations()}) == 2


def test_words_on_the_page_that_no_rule_understands_climb_too(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    case.do(
        AnswerByLink(clinic_id=case.due.clinic_id, reminder_id=reminder, answer="when may I shower")
    )
    case.wait(2 * HOURS + A_MINUTE)

    assert case.tasks() == ["UNREAD_REPLY"]
    assert len(case.escalations()) == 1


def test_a_red_flag_after_an_unread_text_is_red_and_gets_the_safety_text(case: CheckInCase) -> None:
    case.text("when may I shower")
    case.wait(2 * HOURS + A_MINUTE)
    case.text("there is pus")

    assert record(case).level is CheckInLevel.RED
    assert len(case.written(OutboundKind.SAFETY)) == 1


# ---------------------------------------------------------------- every task has its time
def test_every_task_has_a_due_time(case: CheckInCase) -> None:
    case.ask_patient("ask-0")
    case.text("2")  # OTHER
    case.text("when may I shower")  # UNREAD_REPLY
    case.text("hello there", their_address="+12025550188")  # UNMATCHED_REPLY
    case.ask_patient("ask-1")
    case.wait(CLOSE_AFTER + A_MINUTE)  # UNREACHED
    lost = case.due.remind(2, step_key="wash", due_in=HOURS)
    case.due.change(lost, state=ReminderStatus.FAILED, state_reason="NO_ROUTE")
    case.run_timers()  # UNREACHABLE
    case.text("STOP")  # OPTED_OUT

    rows = case.due.rows_of(staff_task)
    assert {str(row.kind) for row in rows} == {
        "OTHER", "UNREAD_REPLY", "UNMATCHED_REPLY", "UNREACHED", "UNREACHABLE", "OPTED_OUT",
    }  # fmt: skip
    assert [str(row.kind) for row in rows if row.due_at is None] == []


@pytest.mark.parametrize(
    "words",
    [
        "I am out of the office until Monday. For bookings call the front desk.",
        "Auto-reply: I'm driving with Do Not Disturb turned on. I'll see your message later.",
        "Este es un mensaje automático: estoy de viaje y leeré su mensaje el lunes.",
        "The number you have texted does not take messages. Please call us between 9 and 5.",
    ],
)
def test_many_identical_automatic_replies_are_one_task(case: CheckInCase, words: str) -> None:
    for _ in range(12):
        case.text(words)
        case.wait(A_MINUTE)

    assert case.tasks() == ["UNREAD_REPLY"]
    assert len(case.understood()) == 12


def test_what_nobody_sees_makes_no_other_reply(case: CheckInCase) -> None:
    for text in (
        "I am out of the office.",
        "I am out of\u200b the office.",
        "I\u00a0am out of the office.",
    ):
        case.text(text)
        case.wait(A_MINUTE)

    assert case.tasks() == ["UNREAD_REPLY"]


def test_identical_automatic_replies_of_one_moment_are_one_task(case: CheckInCase) -> None:
    case.text("thank you <3")  # reads the rules, and leaves no task
    words, now = "I am out of the office until Monday.", case.now()

    def receive(number: int) -> None:
        case.text(
            words, their_address="+12025559999", received_at=now, provider_message_id=f"SM-{number}"
        )

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(receive, range(12)))

    assert case.tasks() == ["UNMATCHED_REPLY"]
    assert len(case.understood()) == 1 + 12


def test_an_automatic_reply_in_other_case_and_spacing_is_the_same(case: CheckInCase) -> None:
    for words in (
        "I am away until Monday.\nCall 555-0100",
        "i am away until monday. Call 555-0100 ",
    ):
        case.text(words)
        case.wait(A_MINUTE)

    assert case.tasks() == ["UNREAD_REPLY"]


def test_another_automatic_reply_is_another_task(case: CheckInCase) -> None:
    for day in ("Monday", "Tuesday"):
        case.text(f"I am out of the office until {day}. For bookings call the front desk.")
        case.wait(A_MINUTE)

    assert case.tasks() == ["UNREAD_REPLY"] * 2


def test_the_same_text_is_a_task_again_once_staff_are_done_with_it(case: CheckInCase) -> None:
    case.text("can I wear make-up")
    [task] = case.due.rows_of(staff_task)
    case.do(CompleteTask(scope=case.scope(), task_id=task.id))
    case.text("can I wear make-up")

    assert case.tasks() == ["UNREAD_REPLY"]


# ---------------------------------------------------------------- no answer at all
@pytest.mark.parametrize("words", ["ok", "thank you <3", "Liked “Rowan Clinic: how is your skin?”"])
def test_thanks_are_no_answer_and_the_question_is_asked_again_once(
    case: CheckInCase, words: str
) -> None:
    case.ask_patient()
    case.text(words)
    waiting = case.levels()
    case.wait(NUDGE_AFTER + A_MINUTE)
    case.text(words)

    assert waiting == [CheckInLevel.WAITING]
    assert len(case.written(OutboundKind.NUDGE)) == 1
    assert case.tasks() == []


def test_our_own_text_sent_back_is_nothing(case: CheckInCase) -> None:
    case.ask_patient()
    [ours] = case.written(OutboundKind.REMINDER)
    case.text(ours)

    assert (case.levels(), case.tasks()) == ([CheckInLevel.WAITING], [])
    assert case.due.rows_of(suppression) == []


def test_good_news_answers_a_question_without_a_person(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("all good, barely pink now")

    assert (case.levels(), case.tasks()) == ([CheckInLevel.GREEN], [])
    assert case.written(OutboundKind.REPLY) == ["Rowan Clinic: thank you."]


def test_good_news_with_a_picture_is_for_a_person(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("all good, barely pink now", media=1)

    assert (case.levels(), case.tasks()) == ([CheckInLevel.UNCLEAR], ["UNREAD_REPLY"])


def test_good_news_that_nothing_asked_for_is_for_a_person_and_wakes_nobody(
    case: CheckInCase,
) -> None:
    case.text("all good, barely pink now")
    case.wait(3 * HOURS)

    assert (case.tasks(), case.escalations()) == (["UNREAD_REPLY"], [])


# ---------------------------------------------------------------- refusals, with danger and without
def test_a_stop_with_a_red_flag_opts_out_alerts_staff_and_texts_nothing(case: CheckInCase) -> None:
    case.text("STOP\nI cant breathe")
    case.run_timers()
    delivered = case.deliver()

    [escalation] = case.escalations()
    assert escalation.must_phone
    assert case.written(OutboundKind.SAFETY) == []
    assert any("phone them" in text for text in delivered if text.startswith(FIRST))


def test_the_providers_stop_with_a_red_flag_opts_out_and_alerts_staff(case: CheckInCase) -> None:
    case.text("my throat is closing", keyword=ReplyKeyword.STOP, is_answered=True)

    assert [row.reason for row in case.due.rows_of(suppression)] == ["OPT_OUT"]
    assert [row.must_phone for row in case.escalations()] == [True]
    assert case.written(OutboundKind.SAFETY, OutboundKind.OPT_OUT_CONFIRMATION) == []


def test_a_red_flag_by_email_counts(case: CheckInCase) -> None:
    case.text(
        "there is pus",
        channel=Channel.EMAIL,
        provider="smtp",
        our_address="care@clinic.example",
        their_address="pat@example.org",
    )

    assert len(case.escalations()) == 1


def test_a_stop_in_care_opens_one_task_and_not_one_for_each_question(case: CheckInCase) -> None:
    case.ask_patient("ask-0")
    case.due.remind(step_key="ask-1", step_kind="CHECK_IN", due_in=timedelta(days=1))
    case.text("STOP")
    case.wait(CLOSE_AFTER + A_MINUTE)
    case.run_timers()

    assert case.tasks() == ["OPTED_OUT"]
    assert case.levels() == [CheckInLevel.UNREACHED] * 2


def test_a_refusal_on_the_page_of_a_question_ends_messages(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    case.do(
        AnswerByLink(clinic_id=case.due.clinic_id, reminder_id=reminder, answer="stop texting me")
    )

    assert [row.reason for row in case.due.rows_of(suppression)] == ["OPT_OUT"]


def test_thoughts_of_death_get_the_crisis_line(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("i want to die")

    [text] = case.written(OutboundKind.SAFETY)
    assert "988" in text
    assert "911" in text
    assert "CRISIS" in record(case).reason


# ---------------------------------------------------------------- danger again
def test_a_red_flag_after_an_acknowledgement_alerts_again(case: CheckInCase) -> None:
    case.text("there is pus")
    case.run_timers()
    case.deliver()
    acknowledge(case)
    case.wait(HOURS)
    case.text("now my throat is closing")
    case.run_timers()

    again = [text for text in case.deliver() if text.startswith(FIRST)]
    assert len(again) == 1
    escalation = record(case)
    assert (escalation.acknowledged_at, escalation.acknowledged_by) == (None, None)
    assert "Acknowledged by Dr. Rowan" in escalation.reason
    assert len(escalation.alerts) == 2
    assert len(case.written(OutboundKind.SAFETY)) == 2


def test_the_new_round_climbs_the_chain_from_its_own_start(case: CheckInCase) -> None:
    second = "+12025550142"
    case.alert(1, second)
    case.text("there is pus")
    case.run_timers()
    acknowledge(case)
    case.wait(HOURS)
    case.text("now my throat is closing")
    case.run_timers()
    case.deliver()
    case.wait(4 * A_MINUTE)
    early = case.deliver()
    case.wait(A_MINUTE)

    assert early == []
    assert [text.split(":")[0] for text in case.deliver()] == [second]


def test_a_red_flag_while_alerts_climb_adds_nothing_but_is_recorded(case: CheckInCase) -> None:
    case.text("there is pus")
    case.run_timers()
    case.text("now my throat is closing")
    case.run_timers()

    assert len(case.escalations()) == 1
    assert len(case.alerts()) == 1
    assert case.understood() == ["CHECK_IN_RED", "CHECK_IN_RED"]
    assert case.states(OutboundKind.SAFETY) == [ReminderStatus.SCHEDULED]


def test_staff_who_record_a_red_flag_themselves_are_not_alerted_again(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("3")
    acknowledge(case)
    [row] = case.check_ins()
    case.do(AnswerCheckIn(scope=case.scope(), check_in_id=row.id, answer="there is pus"))

    assert record(case).acknowledged_by == "Dr. Rowan"
