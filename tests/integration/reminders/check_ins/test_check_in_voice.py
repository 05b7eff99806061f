"""A plan's questions, nudges and answers name its own sender and phone."""

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Voice
from services.contracts.check_ins import ShowCheckIn
from services.reminders.core.outbound import OutboundKind
from tests.support.reminders.check_in_case import NUDGE_AFTER, CheckInCase, asking
from tests.support.reminders.due_messages import PHONE

VOICE = Voice(sender_name="Rowan Skin", phone="+12025550188")


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    return CheckInCase(engine, vault, plan=msgspec.structs.replace(asking(), voice=VOICE))


def test_a_question_names_the_plans_sender(case: CheckInCase) -> None:
    case.due.remind(step_key="ask-0", step_kind="CHECK_IN")

    [sent] = case.deliver()

    assert sent.startswith(f"{PHONE}: Rowan Skin: ")


def test_a_safety_text_names_the_plans_phone(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("3")

    assert case.written(OutboundKind.SAFETY) == ["Rowan Skin: call +12025550188 now."]


def test_a_reply_names_the_plans_sender(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("1")

    assert case.written(OutboundKind.REPLY) == ["Rowan Skin: thank you."]


def test_a_nudge_names_the_plans_sender(case: CheckInCase) -> None:
    case.ask_patient()
    case.wait(NUDGE_AFTER)

    [nudge] = case.written(OutboundKind.NUDGE)
    assert nudge.startswith("Rowan Skin: how are you?")


def test_the_page_of_a_question_names_the_plans_sender_and_phone(case: CheckInCase) -> None:
    reminder = case.ask_patient()

    shown = case.ask(ShowCheckIn(clinic_id=case.due.clinic_id, reminder_id=reminder))

    assert shown is not None
    assert (shown.clinic_name, shown.clinic_phone) == ("Rowan Skin", "+12025550188")


def test_an_opt_out_is_confirmed_by_the_clinic_itself(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("STOP")

    [text] = case.written(OutboundKind.OPT_OUT_CONFIRMATION)
    assert text.startswith("Rowan Clinic: ")


def test_help_comes_from_the_clinic_itself(case: CheckInCase) -> None:
    case.ask_patient()
    case.text("HELP")

    [text] = case.written(OutboundKind.REPLY)
    assert text.startswith("Rowan Clinic: ")
