"""Several dispatchers run the check-in timers at once, and some die on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.words import CheckInLevel, ReminderStatus
from services.reminders.check_ins.storage.due_timers import DueTimers
from services.reminders.check_ins.storage.escalations import EscalationRepository
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import outbound
from tests.support.reminders.check_in_case import CheckInCase
from tests.support.reminders.units_of_work import CheckInRounds

FIRST = "+12025550141"


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    case = CheckInCase(engine, vault)
    case.alert(0, FIRST)
    return case


def run_at_once(case: CheckInCase, dispatchers: int = 4) -> None:
    rounds = [CheckInRounds(case.due.engine, case.due.vault) for _ in range(dispatchers)]
    with ThreadPoolExecutor(dispatchers) as pool:
        for _ in range(2):
            list(pool.map(lambda dispatcher: dispatcher.run(), rounds))
    assert [dispatcher.failures for dispatcher in rounds] == [[]] * dispatchers


def test_everything_is_done_once_by_several_dispatchers(case: CheckInCase) -> None:
    case.ask_patient("ask-0")
    case.due.remind(step_key="ask-1", step_kind="CHECK_IN")
    case.due.change(case.due.rows_of(outbound)[-1].id, state=ReminderStatus.ACCEPTED)
    for number in range(2, 8):
        reminder = case.due.remind(number, due_in=timedelta(hours=1))
        case.due.change(reminder, state=ReminderStatus.FAILED, state_reason="NO_ROUTE")
    case.text("pus")

    run_at_once(case)

    assert len(case.check_ins()) == 2
    assert case.tasks() == ["UNREACHABLE"]
    assert len(case.written(OutboundKind.STAFF_ALERT)) == 1


def test_silence_is_noticed_once_by_several_dispatchers(case: CheckInCase) -> None:
    case.ask_patient()
    with case.due.engine.begin() as connection:
        connection.execute(sa.text("update chassis.clock set product_at = product_at + '5 hours'"))
    run_at_once(case)
    with case.due.engine.begin() as connection:
        connection.execute(sa.text("update chassis.clock set product_at = product_at + '1 day'"))
    run_at_once(case)

    assert len(case.written(OutboundKind.NUDGE)) == 1
    assert case.tasks() == ["UNREACHED"]


def test_a_round_that_was_cut_off_is_done_again_by_the_next(
    case: CheckInCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ask_patient()
    case.text("pus")
    dying = CheckInRounds(case.due.engine, case.due.vault)
    with monkeypatch.context() as patch:
        patch.setattr(DueTimers, "advance", lambda *_: 1 / 0)  # after the alert was written
        dying.run()
    before = case.written(OutboundKind.STAFF_ALERT)

    case.run_timers()

    assert dying.failures == ["alert: ZeroDivisionError"]
    assert before == []
    assert len(case.written(OutboundKind.STAFF_ALERT)) == 1


def test_an_answer_that_was_cut_off_is_as_never_come(
    case: CheckInCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ask_patient()
    with monkeypatch.context() as patch:
        patch.setattr(EscalationRepository, "open", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            case.text("pus", provider_message_id="SM-7")

    cut_off = case.levels()
    case.text("pus", provider_message_id="SM-7")

    assert cut_off == [CheckInLevel.WAITING]
    assert case.levels() == [CheckInLevel.RED]
    assert len(case.written(OutboundKind.SAFETY)) == 1
