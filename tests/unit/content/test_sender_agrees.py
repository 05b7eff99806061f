"""What the checker takes for granted about the sender is what the sender does."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain.durations import parse_duration
from services.content.domain.sms_length import segments, strange_characters
from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import AftercareStep, Channel
from services.contracts.words import MessageDetail
from services.reminders.domain import durations as senders_durations
from services.reminders.domain import segments as senders_segments
from services.reminders.domain.message_text import MessageFacts
from services.reminders.rendering.renderer import JinjaRenderer
from services.reminders.usecases.procedure_times import SURELY_OVER_AFTER
from tests.support.catalog import shipped_release

ENDED_AT = datetime(2030, 9, 30, 13, 40, tzinfo=UTC)
STEPS = {
    f"{plan.slug}/{step.key}": step
    for plan in shipped_release().catalogs["en"].plans
    for step in plan.steps
    if step.channels
}


class NotAllowed(Exception):
    pass


def allowed(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as fault:
        raise NotAllowed from fault


def facts(patient_name: str | None) -> MessageFacts:
    return MessageFacts(
        clinic_name="Northside Clinic on Main",
        clinic_phone="+44 20 7946 0958",
        emergency_number="112",
        patient_name=patient_name,
        procedure_at=ENDED_AT - timedelta(hours=1),
        procedure_ended_at=ENDED_AT,
        said_at=ENDED_AT,
        time_zone="Europe/London",
        locale="en",
    )


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("detail", MessageDetail)
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
@pytest.mark.parametrize("patient_name", [None, "Maximiliane"])
def test_the_sender_can_fill_in_what_is_shipped(
    step: AftercareStep, detail: MessageDetail, channel: Channel, patient_name: str | None
) -> None:
    message = JinjaRenderer().render(step, channel, detail, facts(patient_name))

    assert message.text.startswith("Northside Clinic on Main")
    assert "{" not in message.text + (message.subject or "")


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("detail", MessageDetail)
def test_a_shipped_text_keeps_its_budget_when_sent(
    step: AftercareStep, detail: MessageDetail
) -> None:
    message = JinjaRenderer().render(step, Channel.SMS, detail, facts(None))

    counted = senders_segments.count(message.text)

    assert counted.encoding is senders_segments.Encoding.GSM_7
    assert counted.parts <= (4 if step.key.startswith("day-0-") else 2)


@given(st.text(max_size=400))
def test_both_count_the_parts_of_a_text_alike(text: str) -> None:
    counted = senders_segments.count(text)

    is_plain = counted.encoding is senders_segments.Encoding.GSM_7
    assert is_plain == (not strange_characters(text))
    assert not is_plain or counted.parts == segments(text)


@given(st.from_regex(r"-?P([0-9]{1,3}[WDMY])?(T([0-9]{1,2}H)?([0-9]{1,2}[MS])?)?", fullmatch=True))
def test_the_sender_reads_every_duration_that_the_checker_allows(text: str) -> None:
    with suppress(NotAllowed):
        length = allowed(text)
        assert senders_durations.parse_duration(text) == length


def test_no_session_of_the_catalog_outlasts_what_the_sender_takes_for_over() -> None:
    sessions = [one.profile.session_minutes for one in shipped_release().catalogs["en"].procedures]
    longest = max(each.max for each in sessions if each and each.max)

    assert timedelta(minutes=longest) < SURELY_OVER_AFTER


def test_a_checked_catalog_says_what_the_shipped_files_say() -> None:
    checked = check(shipped_files(), today=None)

    assert isinstance(checked, Checked)
    assert checked.catalogs == shipped_release().catalogs
