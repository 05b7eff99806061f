"""A check-in from its question to an answer, a nudge, or silence."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, StepKind
from services.contracts.check_ins import (
    AnswerByLink,
    AnswerCheckIn,
    GetCheckIns,
    ListCheckIns,
    ShowCheckIn,
)
from services.contracts.errors import UserErrorCode
from services.contracts.words import CheckInLevel, ReminderStatus
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import inbound_message, outbound, staff_task
from services.reminders.delivery.domain.outgoing import RejectedForGood
from tests.support.reminders.check_in_case import CLOSE_AFTER, NUDGE_AFTER, CheckInCase

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    return CheckInCase(engine, vault)


def test_a_question_opens_when_its_message_was_sent(case: CheckInCase) -> None:
    reminder = case.ask_patient()

    [row] = case.check_ins()
    assert (row.outbound_id, row.level) == (reminder, CheckInLevel.WAITING)
    assert row.closes_at - row.opened_at == CLOSE_AFTER


def test_a_question_opens_once_with_two_dispatchers(
    case: CheckInCase, engine: sa.Engine, vault: Vault
) -> None:
    case.ask_patient()
    CheckInCase(engine, vault, name="Other Clinic").run_timers()
    case.run_timers()

    assert len(case.check_ins()) == 1


def test_an_answer_counts_before_the_dispatcher_has_opened_the_question(case: CheckInCase) -> None:
    case.due.remind(step_key="ask-0", step_kind="CHECK_IN")
    case.deliver()

    case.text("1")

    assert case.levels() == [CheckInLevel.GREEN]


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("1", CheckInLevel.GREEN),
        ("Fine!", CheckInLevel.GREEN),
        ("2", CheckInLevel.AMBER),
        ("what do you mean", CheckInLevel.UNCLEAR),
        ("not fine", CheckInLevel.UNCLEAR),
        ("3", CheckInLevel.RED),
        ("there is pus", CheckInLevel.RED),
    ],
)
def test_a_text_answers_the_open_question(
    case: CheckInCase, words: str, level: CheckInLevel
) -> None:
    case.ask_patient()

    case.text(words)

    assert case.levels() == [level]
    assert case.understood() == [f"CHECK_IN_{level}"]


def test_an_answer_is_stored_sealed_and_shown(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("2")

    [check_in] = case.check_ins()
    [record] = case.ask(GetCheckIns(scope=case.scope(), ids=(check_in.id,)))
    assert record is not None
    assert (record.answer, record.answered_via, record.level) == ("2", "SMS", CheckInLevel.AMBER)
    assert [option.label for option in record.options] == ["Fine", "A bit worse", "Much worse"]
    assert check_in.answer_sealed != b"2"


def test_a_green_answer_gets_thanks_and_opens_no_task(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("1")

    assert case.written(OutboundKind.REPLY) == ["Rowan Clinic: thank you."]
    assert case.tasks() == []


def test_a_complaint_opens_a_task_for_today(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("a bit worse")

    [task] = case.due.rows_of(staff_task)
    assert task.kind == "OTHER"
    assert timedelta(0) < task.due_at - task.opened_at <= timedelta(days=1)
    assert task.inbound_id == case.due.rows_of(inbound_message)[0].id


def test_an_unclear_answer_opens_a_task_and_gets_one_reply(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("can I wear make-up")
    case.text("hello?")

    assert case.tasks() == ["UNREAD_REPLY", "UNREAD_REPLY"]
    assert case.written(OutboundKind.REPLY) == ["Rowan Clinic: a person will read this."]


def test_a_picture_makes_a_green_answer_unclear(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("1", media=1)

    assert case.levels() == [CheckInLevel.UNCLEAR]
    assert case.tasks() == ["UNREAD_REPLY"]


def test_yes_to_a_question_is_an_answer(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("YES")

    assert case.levels() == [CheckInLevel.GREEN]


def test_yes_after_an_opt_out_gets_no_reply_about_health(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("STOP")
    case.deliver()
    case.text("YES")

    assert [text for text in case.deliver() if "thank you" in text] == []


def test_stop_is_no_answer(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("STOP")

    assert case.levels() == [CheckInLevel.WAITING]


def test_a_text_that_is_received_twice_gets_one_reply(case: CheckInCase) -> None:
    case.ask_patient()
    for _ in range(2):
        case.text("there is pus", provider_message_id="SM-1")

    assert len(case.escalations()) == 1
    assert len(case.written(OutboundKind.SAFETY, OutboundKind.REPLY)) == 1


def test_a_worse_answer_replaces_a_better_one_and_not_the_reverse(case: CheckInCase) -> None:
    case.ask_patient()
    levels = []
    for words in ("1", "2", "fever", "1"):
        case.text(words)
        levels += case.levels()

    assert levels == [
        CheckInLevel.GREEN, CheckInLevel.AMBER, CheckInLevel.RED, CheckInLevel.RED,
    ]  # fmt: skip


def test_the_red_answer_stays_shown_and_gets_no_thanks(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("all fine but some pus")
    for words in ("1", "2"):
        case.wait(A_MINUTE)
        case.text(words)

    [check_in] = case.check_ins()
    [record] = case.ask(GetCheckIns(scope=case.scope(), ids=(check_in.id,)))
    assert record is not None
    assert (record.answer, record.answered_via) == ("all fine but some pus", "SMS")
    assert record.answered_at == case.escalations()[0].opened_at
    assert case.understood() == ["CHECK_IN_RED", "CHECK_IN_GREEN", "CHECK_IN_AMBER"]
    assert case.written(OutboundKind.REPLY) == []


def test_the_page_still_says_to_call_after_a_milder_answer(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    answers = [
        AnswerByLink(clinic_id=case.due.clinic_id, reminder_id=reminder, answer=answer)
        for answer in ("3", "1")
    ]

    guidance = [case.do(answer).guidance for answer in answers]

    assert guidance[0] == guidance[1]
    assert guidance[1][0].text == "Rowan Clinic: call +12025550199 now."


def test_a_question_merged_into_another_message_opens_with_it(case: CheckInCase) -> None:
    host = case.due.remind(2, step_key="wash")
    merged = case.due.remind(
        step_key="ask-0", step_kind="CHECK_IN", state=ReminderStatus.MERGED, merged_into=host
    )
    case.run_timers()
    before = case.levels()
    case.deliver()
    case.run_timers()

    assert before == []
    [row] = case.check_ins()
    assert (row.outbound_id, row.level) == (merged, CheckInLevel.WAITING)
    shown = case.ask(ShowCheckIn(clinic_id=case.due.clinic_id, reminder_id=host))
    assert shown is not None
    assert shown.check_in.id == row.id


# ---------------------------------------------------------------- two on one phone
def test_two_questions_to_two_patients_on_one_phone_are_unclear_for_both(
    case: CheckInCase,
) -> None:
    case.ask_patient()
    case.due.remind(step_key="ask-0", step_kind="CHECK_IN", **case.another_patient())
    _mark_sent(case)

    case.text("1")
    case.text("1")

    assert case.levels() == [CheckInLevel.UNCLEAR, CheckInLevel.UNCLEAR]
    assert case.understood() == ["CHECK_IN_UNCLEAR", "CHECK_IN_UNCLEAR"]
    assert case.tasks() == ["UNMATCHED_REPLY", "UNMATCHED_REPLY"]
    assert case.written(OutboundKind.REPLY) == ["Rowan Clinic: a person will read this."]


def test_a_red_flag_is_red_for_both_and_gets_one_safety_text(case: CheckInCase) -> None:
    case.ask_patient()
    case.due.remind(step_key="ask-0", step_kind="CHECK_IN", **case.another_patient())
    _mark_sent(case)

    case.text("pus")

    assert case.levels() == [CheckInLevel.RED, CheckInLevel.RED]
    assert case.understood() == ["CHECK_IN_RED"]
    assert case.due.rows_of(inbound_message)[0].check_in_id is None
    assert len(case.escalations()) == 2
    assert len(case.written(OutboundKind.SAFETY)) == 1


def _mark_sent(case: CheckInCase) -> None:
    """As if the last reminder had been accepted: its patient has no consent in this test."""
    case.due.change(case.due.rows_of(outbound)[-1].id, state=ReminderStatus.ACCEPTED)
    case.run_timers()


# ---------------------------------------------------------------- late, or unasked
def test_a_late_answer_is_stored_with_its_check_in_and_opens_a_task(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(CLOSE_AFTER + A_MINUTE)

    case.text("1")

    assert case.levels() == [CheckInLevel.UNREACHED]
    assert case.due.rows_of(inbound_message)[0].check_in_id == case.check_ins()[0].id
    assert case.tasks() == ["UNREACHED", "UNREAD_REPLY"]


def test_a_late_red_flag_still_opens_an_escalation(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(CLOSE_AFTER + A_MINUTE)

    case.text("now there is pus")

    assert case.levels() == [CheckInLevel.RED]
    assert len(case.escalations()) == 1


def test_an_answer_goes_to_the_question_that_was_asked_last(case: CheckInCase) -> None:
    case.ask_patient("ask-0")
    case.wait(timedelta(hours=2))
    case.ask_patient("ask-1")

    case.text("1")

    assert case.levels() == [CheckInLevel.WAITING, CheckInLevel.GREEN]


def test_a_red_flag_counts_if_nothing_was_asked(case: CheckInCase) -> None:
    case.text("I have a fever")

    [escalation] = case.escalations()
    assert escalation.check_in_id is None
    assert escalation.inbound_id == case.due.rows_of(inbound_message)[0].id
    assert case.written(OutboundKind.SAFETY) == ["Rowan Clinic: call +12025550199 now."]


def test_a_stranger_gets_no_reply_about_health(case: CheckInCase) -> None:
    case.text("I have a fever", their_address="+12025550188")

    assert case.escalations() == []
    assert case.written(OutboundKind.SAFETY, OutboundKind.REPLY) == []


# ---------------------------------------------------------------- silence
def test_silence_is_nudged_once(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(NUDGE_AFTER - A_MINUTE)
    early = case.written(OutboundKind.NUDGE)
    case.wait(2 * A_MINUTE)
    case.wait(A_MINUTE)

    assert early == []
    [nudge] = case.written(OutboundKind.NUDGE)
    assert nudge.startswith("Rowan Clinic: how are you? Reply 1 Fine, 2 A bit worse, 3 Much worse.")
    assert nudge.endswith("Reply STOP to opt out.")


def test_a_nudge_waits_for_the_end_of_quiet_hours(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(NUDGE_AFTER + A_MINUTE)
    case.due.close_window()

    assert case.deliver() == []
    assert case.states(OutboundKind.NUDGE) == [ReminderStatus.SCHEDULED]


def test_an_answer_cancels_a_nudge_that_was_not_sent(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(NUDGE_AFTER + A_MINUTE)
    case.text("1")

    assert case.states(OutboundKind.NUDGE) == [ReminderStatus.CANCELLED]


def test_a_patient_who_has_answered_is_not_nudged(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("1")
    case.wait(NUDGE_AFTER + A_MINUTE)

    assert case.written(OutboundKind.NUDGE) == []


def test_silence_to_the_end_is_unreached_and_opens_one_task(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(CLOSE_AFTER - A_MINUTE)
    before = case.levels()
    case.wait(2 * A_MINUTE)
    case.wait(A_MINUTE)

    assert before == [CheckInLevel.WAITING]
    assert case.levels() == [CheckInLevel.UNREACHED]
    assert case.tasks() == ["UNREACHED"]


def test_a_question_that_could_not_be_delivered_is_unreached_at_once(case: CheckInCase) -> None:
    case.worker.dispatcher.answer = lambda _: RejectedForGood("NO_SUCH_NUMBER")
    case.ask_patient()

    assert case.levels() == [CheckInLevel.UNREACHED]
    assert case.tasks() == ["UNREACHED"]


def test_a_question_closed_before_it_was_asked_reopens_when_it_is_asked(
    case: CheckInCase,
) -> None:
    """As after a STOP, a START and a new consent."""
    for step_key in ("ask-0", "ask-1"):
        case.due.remind(
            step_key=step_key,
            step_kind=StepKind.CHECK_IN,
            state=ReminderStatus.SKIPPED,
            state_reason="OPTED_OUT",
        )
    case.run_timers()
    assert case.levels() == [CheckInLevel.UNREACHED] * 2

    case.ask_patient(occasion=1)
    case.text("3")

    assert sorted(case.levels()) == [CheckInLevel.RED, CheckInLevel.UNREACHED]
    [escalation] = case.escalations()
    [asked] = [check_in for check_in in case.check_ins() if check_in.step_key == "ask-0"]
    assert escalation.check_in_id == asked.id


def test_a_question_that_was_not_delivered_after_all_is_unreached(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    case.due.change(reminder, state=ReminderStatus.UNDELIVERED)
    case.run_timers()

    assert case.levels() == [CheckInLevel.UNREACHED]
    assert case.tasks() == ["UNREACHED"]


def test_a_question_that_reached_the_patient_on_the_other_channel_waits(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    case.ask_patient(channel=Channel.EMAIL)
    case.due.change(reminder, state=ReminderStatus.UNDELIVERED)
    case.run_timers()

    assert case.levels() == [CheckInLevel.WAITING]
    assert case.tasks() == []


# ---------------------------------------------------------------- by staff and by the page
def test_staff_record_what_a_patient_told_them(case: CheckInCase) -> None:
    case.ask_patient()
    [row] = case.check_ins()

    reply = case.do(AnswerCheckIn(scope=case.scope(), check_in_id=row.id, answer="A bit worse"))

    assert reply.check_in is not None
    assert (reply.check_in.level, reply.check_in.answered_via) == (CheckInLevel.AMBER, "STAFF")
    assert [block.text for block in reply.guidance] == ["Rowan Clinic: we will call you today."]
    assert case.tasks() == ["OTHER"]


def test_a_key_answers_once_and_conflicts_with_another_answer(case: CheckInCase) -> None:
    case.ask_patient()
    [row] = case.check_ins()
    command = AnswerCheckIn(
        scope=case.scope(), check_in_id=row.id, answer="3", idempotency_key="k1"
    )
    other = AnswerCheckIn(scope=case.scope(), check_in_id=row.id, answer="1", idempotency_key="k1")

    replies = [case.do(command), case.do(command), case.do(other)]

    assert replies[0] == replies[1]
    assert [refusal.code for refusal in replies[2].refusals] == [UserErrorCode.CONFLICT]
    assert len(case.escalations()) == 1


def test_another_clinics_check_in_is_not_found(
    case: CheckInCase, engine: sa.Engine, vault: Vault
) -> None:
    case.ask_patient()
    [row] = case.check_ins()
    other = CheckInCase(engine, vault, name="Other Clinic")

    reply = other.do(AnswerCheckIn(scope=other.scope(), check_in_id=row.id, answer="1"))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]
    assert other.ask(GetCheckIns(scope=other.scope(), ids=(row.id,))) == (None,)


def test_the_page_shows_the_question_and_what_to_do(case: CheckInCase) -> None:
    reminder = case.ask_patient()

    shown = case.ask(ShowCheckIn(clinic_id=case.due.clinic_id, reminder_id=reminder))

    assert shown is not None
    assert shown.check_in.question == "How is your skin today?"
    assert (shown.clinic_name, shown.clinic_phone) == ("Rowan Clinic", "+12025550199")
    assert (shown.is_closed, shown.guidance) == (False, ())


def test_repeating_an_answer_on_the_page_changes_nothing(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    command = AnswerByLink(clinic_id=case.due.clinic_id, reminder_id=reminder, answer="3")

    replies = [case.do(command) for _ in range(2)]

    assert replies[0].guidance == replies[1].guidance
    assert [block.text for block in replies[0].guidance] == ["Rowan Clinic: call +12025550199 now."]
    assert len(case.escalations()) == 1
    assert len(case.written(OutboundKind.SAFETY)) == 1


def test_the_page_is_closed_after_the_end_except_to_red_answers(case: CheckInCase) -> None:
    reminder = case.ask_patient()
    case.wait(CLOSE_AFTER + A_MINUTE)
    clinic_id = case.due.clinic_id

    late = case.do(AnswerByLink(clinic_id=clinic_id, reminder_id=reminder, answer="1"))
    red = case.do(AnswerByLink(clinic_id=clinic_id, reminder_id=reminder, answer="3"))

    assert [refusal.code for refusal in late.refusals] == [UserErrorCode.TOO_LATE]
    assert red.check_in is not None
    assert red.check_in.level is CheckInLevel.RED


def test_check_ins_are_listed_by_enrollment(case: CheckInCase) -> None:
    case.ask_patient("ask-0")
    case.ask_patient("ask-1")

    [first, second] = case.ask(
        ListCheckIns(scope=case.scope(), enrollment_ids=(case.due.enrollment_id, 0))
    )

    assert [check_in.step_key for check_in in first] == ["ask-0", "ask-1"]
    assert second == ()
