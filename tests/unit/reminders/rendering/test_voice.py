"""A plan speaks by the name, phone and hours that its clinic lays on it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Channel, MessageBody, Purpose, StepKind, StepMessages, Voice
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.rendering.renderer import fill, render_together
from tests.support.reminders.aftercare import step

AT = datetime(2027, 3, 10, 20, 40, tzinfo=UTC)
CLINIC = MessageFacts(
    clinic_name="Rowan Clinic",
    clinic_phone="+12025550199",
    clinic_hours="Mon-Fri 9:00-17:00",
    emergency_number="911",
    patient_name=None,
    procedure_at=AT,
    procedure_ended_at=AT,
    read_at=AT,
    time_zone="America/New_York",
    locale="en",
    postal_address="1 Rowan Way",
)
VOICE = Voice(sender_name="Rowan Skin", phone="+12025550188", hours="every day 8:00-20:00")
TEXT = "{{ clinic_name }}: questions? Call {{ clinic_phone }} ({{ clinic_hours }})."


def step_text(
    text: str,
    voice: Voice | None = VOICE,
    *,
    kind: StepKind = StepKind.CARE,
    purpose: Purpose = Purpose.CARE,
    **facts: Any,
) -> StepText:
    body = MessageBody(text=text, subject="News of {{ clinic_name }}")
    messages = StepMessages(discreet=body, detailed=body)
    by_channel = dict.fromkeys((Channel.SMS, Channel.EMAIL), messages)
    plan_step = step("a", kind=kind, purpose=purpose, messages=by_channel)
    return StepText(plan_step, msgspec.structs.replace(CLINIC, voice=voice, **facts))


def sent(*texts: StepText, channel: Channel = Channel.SMS) -> RenderedMessage:
    return render_together(texts, channel, MessageDetail.DISCREET)


def test_a_text_says_the_plans_name_phone_and_hours() -> None:
    assert sent(step_text(TEXT)).text == (
        "Rowan Skin: questions? Call +12025550188 (every day 8:00-20:00). Reply STOP to opt out."
    )


def test_a_text_that_names_nobody_is_signed_by_the_plans_name() -> None:
    assert sent(step_text("Rest today.")).text.startswith("Rowan Skin: Rest today.")


def test_the_subject_of_mail_says_the_plans_name() -> None:
    assert sent(step_text("Rest."), channel=Channel.EMAIL).subject == "News of Rowan Skin"


def test_an_answer_to_a_patient_says_the_plans_name() -> None:
    about = step_text("x")

    assert fill("Thank you.", Channel.SMS, about) == "Rowan Skin: Thank you."


def test_what_the_law_asks_for_names_the_clinic_itself() -> None:
    text = sent(step_text("Come again.", purpose=Purpose.MARKETING), channel=Channel.EMAIL).text

    assert "Rowan Clinic, 1 Rowan Way" in text
    assert "Rowan Skin, 1 Rowan Way" not in text


@pytest.mark.parametrize(
    ("voice", "hours"),
    [
        (None, "Mon-Fri 9:00-17:00"),
        (Voice(sender_name="Rowan Skin"), "Mon-Fri 9:00-17:00"),
        (Voice(phone="+12025550188"), ""),
        (Voice(hours="mornings"), "mornings"),
    ],
    ids=["of the clinic", "of the clinic's own phone", "of another phone, unknown", "its own"],
)
def test_hours_are_those_of_the_phone_that_is_named(voice: Voice | None, hours: str) -> None:
    assert f"Open {hours}." in sent(step_text("Open {{ clinic_hours }}.", voice)).text


def test_hours_that_nobody_knows_are_empty_and_no_fault() -> None:
    text = "Call{% if clinic_hours %} at {{ clinic_hours }}{% endif %}."

    assert "Call. " in sent(step_text(text, None, clinic_hours=None)).text


def test_texts_of_two_plans_in_one_message_keep_their_phones_under_its_name() -> None:
    text = "{{ clinic_name }}: call {{ clinic_phone }}."

    assert sent(step_text(text, None), step_text(text)).text == (
        "Rowan Clinic: call +12025550199.\nCall +12025550188. Reply STOP to opt out."
    )


def test_a_message_has_its_own_name_though_a_text_of_another_plan_goes_first() -> None:
    asks = step_text("{{ clinic_name }}: how is it?", kind=StepKind.CHECK_IN)

    rendered = sent(asks, step_text("{{ clinic_name }}: rest.", None))

    assert rendered.text == "Rowan Skin: Rest.\nHow is it? Reply STOP to opt out."
