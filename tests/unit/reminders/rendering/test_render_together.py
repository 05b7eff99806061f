"""Several steps said in one message."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Channel, MessageBody, StepKind, StepMessages
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import (
    CannotRender,
    MessageFacts,
    RenderedMessage,
    StepText,
)
from services.reminders.rendering.renderer import render_together
from tests.support.reminders.aftercare import step

ENDED = datetime(2027, 3, 10, 20, 40, tzinfo=UTC)  # 15:40 in New York
FACTS = MessageFacts(
    clinic_name="Rowan Clinic",
    clinic_phone="+12025550199",
    emergency_number="911",
    patient_name=None,
    procedure_at=ENDED - timedelta(hours=1),
    procedure_ended_at=ENDED,
    read_at=ENDED,
    time_zone="America/New_York",
    locale="en",
)


def step_text(key: str, text: str, *, kind: StepKind = StepKind.CARE, **facts: Any) -> StepText:
    body = MessageBody(text=text, subject=f"About {key}")
    messages = StepMessages(discreet=body, detailed=body)
    plan_step = step(key, kind=kind, messages=dict.fromkeys((Channel.SMS, Channel.EMAIL), messages))
    return StepText(plan_step, msgspec.structs.replace(FACTS, **facts))


def render(*texts: StepText, channel: Channel = Channel.SMS) -> RenderedMessage:
    return render_together(texts, channel, MessageDetail.DISCREET)


def test_the_clinic_is_named_once_and_the_way_out_is_last() -> None:
    rendered = render(
        step_text("a", "{{ clinic_name }}: rest today."),
        step_text("b", "{{ clinic_name }}: drink water."),
    )

    assert rendered.text == "Rowan Clinic: rest today.\nDrink water. Reply STOP to opt out."


def test_the_same_text_is_said_once() -> None:
    assert render(step_text("a", "Rest."), step_text("b", "Rest.")).text.count("Rest.") == 1


def test_the_same_text_is_said_once_though_it_begins_with_the_clinics_name() -> None:
    rendered = render(
        step_text("a", "{{ clinic_name }}: rest today."),
        step_text("b", "{{ clinic_name }}: rest today."),
    )

    assert rendered.text == "Rowan Clinic: rest today. Reply STOP to opt out."


def test_the_subject_is_the_first_ones() -> None:
    rendered = render(step_text("a", "Rest."), step_text("b", "Drink."), channel=Channel.EMAIL)

    assert rendered.subject == "About a"
    assert "Rest.\n\nDrink." in rendered.text


def test_a_question_comes_last() -> None:
    rendered = render(
        step_text("ask", "How is it? 1 good, 2 bad", kind=StepKind.CHECK_IN),
        step_text("b", "Rest."),
    )

    assert rendered.text.index("Rest.") < rendered.text.index("How is it?")


def test_a_restriction_ends_with_the_procedure_that_ended_last() -> None:
    rendered = render(
        step_text("peel", "No sun until {{ end_of('PT24H') }}."),
        step_text("needling", "Rest.", procedure_ended_at=ENDED + timedelta(hours=2)),
    )

    assert "No sun until 17:40 tomorrow." in rendered.text


def test_where_ends_differ_the_latest_holds_and_is_said_to() -> None:
    rendered = render(
        step_text("peel", "No makeup until {{ end_of('PT24H') }}."),
        step_text("needling", "No makeup until {{ end_of('PT48H') }}."),
    )

    assert "Where times differ, keep to the latest." in rendered.text


def test_where_ends_agree_nothing_is_added() -> None:
    rendered = render(
        step_text("peel", "No makeup until {{ end_of('PT24H') }}."),
        step_text("needling", "No sun until {{ end_of('PT24H') }}."),
    )

    assert "latest" not in rendered.text


def test_it_says_so_in_spanish() -> None:
    rendered = render(
        step_text("a", "{{ end_of('PT24H') }}", locale="es"),
        step_text("b", "{{ end_of('PT48H') }}", locale="es"),
    )

    assert "Si las horas difieren, respete la posterior." in rendered.text


def test_a_text_that_cannot_be_made_fails_by_its_own_name() -> None:
    with pytest.raises(CannotRender, match="step b"):
        render(step_text("a", "Rest."), step_text("b", "{{ nothing_of_the_kind }}"))


def test_what_is_endless_together_is_refused() -> None:
    with pytest.raises(CannotRender, match="a\\+b"):
        render(step_text("a", "a" * 3300), step_text("b", "b" * 3300))
