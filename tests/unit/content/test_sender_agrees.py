"""What the checker takes for granted about the sender is what the sender does."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.content.domain.templates import VARIABLES, filled_in
from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import AftercareStep, Channel, MessageBody, StepMessages
from services.contracts.sms.segments import Encoding, count_segments
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import MessageFacts
from services.reminders.enrollments.usecases.eligibility import SURELY_OVER_AFTER
from services.reminders.rendering import phrases, renderer
from tests.support.content.catalog import shipped_release

ENDED_AT = datetime(2030, 9, 30, 13, 40, tzinfo=UTC)
PLACES = {
    "en": ("en", "en-US", "en-GB", "en-CA", "en-AU", "en-IE", "en-FR", "en-JP"),
    "es": ("es", "es-ES", "es-US", "es-MX", "es-AR", "es-CO", "es-PR", "es-419"),
}
STEPS = {
    f"{locale}/{plan.slug}/{step.key}": (locale, step)
    for locale in PLACES
    for plan in shipped_release().catalogs[locale].plans
    for step in plan.steps
    if step.channels
}
TEXTS = [(locale, step) for locale, step in STEPS.values() if Channel.SMS in step.channels]
YEAR = [datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=n, minutes=n * 17) for n in range(365)]


def facts(
    locale: str, *, patient_name: str | None = None, at: datetime = ENDED_AT, **more: Any
) -> MessageFacts:
    return MessageFacts(
        clinic_name="Northside Clinic on Main",
        clinic_phone="+44 20 7946 0958",
        emergency_number="112",
        patient_name=patient_name,
        procedure_at=at - timedelta(hours=1),
        procedure_ended_at=at,
        read_at=at,
        time_zone="Europe/London",
        locale=locale,
        **more,
    )


def render(step: AftercareStep, detail: MessageDetail, about: MessageFacts) -> str:
    return renderer.render(step, Channel.SMS, detail, about).text


@pytest.mark.parametrize(("locale", "step"), STEPS.values(), ids=STEPS.keys())
def test_the_sender_can_fill_in_what_is_shipped(locale: str, step: AftercareStep) -> None:
    combinations = product(MessageDetail, (Channel.SMS, Channel.EMAIL), (None, "Maximiliane"))
    for detail, channel, patient_name in combinations:
        message = renderer.render(step, channel, detail, facts(locale, patient_name=patient_name))

        assert message.text.startswith("Northside Clinic on Main")
        assert "{" not in message.text + (message.subject or "")


@given(
    text=st.sampled_from(TEXTS),
    detail=st.sampled_from(MessageDetail),
    place=st.integers(0, 7),
    at=st.sampled_from(YEAR),
    read_after=st.integers(0, 8),
)
@settings(max_examples=400, deadline=None)
def test_a_shipped_text_keeps_its_budget_on_every_day_in_every_place(
    text: tuple[str, AftercareStep],
    detail: MessageDetail,
    place: int,
    at: datetime,
    read_after: int,
) -> None:
    locale, step = text
    about = facts(PLACES[locale][place], at=at, clinic_hours="Mon–Sun 24 h")
    about = msgspec.structs.replace(about, read_at=at + timedelta(days=read_after))

    counted = count_segments(render(step, detail, about))

    assert counted.encoding is Encoding.GSM_7
    assert counted.parts <= (4 if step.key.startswith("day-0-") else 2)


@pytest.mark.parametrize(
    ("locale", "place"), [(locale, to) for locale in PLACES for to in PLACES[locale]]
)
def test_no_day_takes_longer_to_say_than_the_checker_counts(locale: str, place: str) -> None:
    words = phrases.language(place)
    (date, _), (moment, _) = (
        filled_in(text, locale) for text in ("{{ procedure_date }}", "{{ end_of('P1D') }}")
    )
    for at in YEAR:
        for days in (0, 1, 2, 9):
            sent_at = at - timedelta(days=days)
            text = phrases.moment(at, read_at=sent_at, words=words, is_for_sms=True)
            assert len(text) <= len(moment), text
        assert len(phrases.date(at, words)) <= len(date), at


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_the_sender_knows_every_variable_that_the_checker_allows(name: str) -> None:
    body = MessageBody(text=f"{{{{ {name} }}}}")
    messages = StepMessages(discreet=body, detailed=body)
    step = msgspec.structs.replace(TEXTS[0][1], messages={Channel.SMS: messages})

    assert render(step, MessageDetail.DISCREET, facts("en")).startswith("Northside Clinic on Main")


def test_no_session_of_the_catalog_outlasts_what_the_sender_takes_for_over() -> None:
    sessions = [
        procedure.profile.session_minutes
        for procedure in shipped_release().catalogs["en"].procedures
    ]
    longest = max(session.max for session in sessions if session and session.max)

    assert timedelta(minutes=longest) < SURELY_OVER_AFTER


def test_a_checked_catalog_says_what_the_shipped_files_say() -> None:
    checked = check(shipped_files(), today=None)

    assert isinstance(checked, Checked)
    assert checked.catalogs == shipped_release().catalogs
