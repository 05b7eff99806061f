from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts.catalog import AftercareStep, Channel, MessageBody, Purpose, StepMessages
from services.contracts.words import MessageDetail
from services.reminders.core.message_text import CannotRender, MessageFacts, RenderedMessage
from services.reminders.rendering import renderer
from services.reminders.rendering.renderer import html_of
from tests.support.reminders.due_messages import step

PROCEDURE = datetime(2027, 3, 13, 20, 40, tzinfo=UTC)  # 15:40 in New York


def facts(**more: Any) -> MessageFacts:
    values: dict[str, Any] = {
        "clinic_name": "Rowan Clinic",
        "clinic_phone": "+12025550199",
        "emergency_number": "911",
        "patient_name": "Pat",
        "procedure_at": PROCEDURE - timedelta(hours=1),
        "procedure_ended_at": PROCEDURE,
        "read_at": PROCEDURE,
        "time_zone": "America/New_York",
        "locale": "en",
    }
    return MessageFacts(**values | more)


def saying(text: str, subject: str | None = None, purpose: Purpose = Purpose.CARE) -> AftercareStep:
    body = MessageBody(text=text, subject=subject)
    messages = StepMessages(discreet=body, detailed=MessageBody(text=f"{text} In full."))
    return AftercareStep(
        key="day-1",
        kind=step("x").kind,
        purpose=purpose,
        title="",
        body=(),
        useful_for="P1D",
        channels=(Channel.SMS, Channel.EMAIL),
        messages={Channel.SMS: messages, Channel.EMAIL: messages},
    )


def render(
    text: str,
    channel: Channel = Channel.SMS,
    detail: MessageDetail = MessageDetail.DISCREET,
    subject: str | None = None,
    **more: Any,
) -> RenderedMessage:
    return renderer.render(saying(text, subject), channel, detail, facts(**more))


def text_of(text: str, **more: Any) -> str:
    """What a text says between the clinic's name and the way out."""
    rendered = render(text, **more).text
    return rendered.removeprefix("Rowan Clinic: ").removesuffix(" Reply STOP to opt out.")


def test_the_clinic_comes_first_and_the_way_out_last() -> None:
    assert render("Rest.").text == "Rowan Clinic: Rest. Reply STOP to opt out."


def test_the_clinics_name_is_not_said_twice() -> None:
    assert render("{{ clinic_name }}: Rest.").text.count("Rowan Clinic") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ patient_name }}", "Hi Pat"),
        ("Call {{ clinic_phone }} or {{ emergency_number }}", "Call +12025550199 or 911"),
        ("Since {{ procedure_date }}", "Since 13 March 2027"),
        ("On {{ appointment }}", "On 13 March 2027 at 14:40"),
        ("{% if clinic_hours %}Open {{ clinic_hours }}{% endif %}", ""),
        ("{% if out_of_hours %}Closed? {{ out_of_hours }}{% endif %}", ""),
        ("{% if patient_name %}Hi {{ patient_name }}{% endif %}", "Hi Pat"),
    ],
)
def test_fills_in_what_a_template_names(text: str, expected: str) -> None:
    assert text_of(text) == expected


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT4H", "19:40 today"),
        ("PT24H", "16:40 tomorrow"),  # the clocks go forward in between
        ("P3D", "Tuesday 16:40"),
        ("P10D", "16:40 on 23 March"),
    ],
)
def test_says_when_a_duration_is_over_on_the_patients_clock(duration: str, expected: str) -> None:
    assert text_of(f"Until {{{{ end_of('{duration}') }}}}") == f"Until {expected}"


def test_says_it_from_the_day_it_is_read() -> None:
    rendered = text_of("Until {{ end_of('PT24H') }}", read_at=PROCEDURE + timedelta(hours=15))

    assert rendered == "Until 16:40 today"


def test_a_message_is_rendered_in_spanish() -> None:
    rendered = render("Hasta {{ end_of('PT24H') }}", locale="es-MX").text

    assert rendered == "Rowan Clinic: Hasta mañana a las 4:40 pm Responda STOP para darse de baja."


def test_opening_hours_in_a_text_keep_to_gsm_7() -> None:
    hours = "lun–vie 9:00–18:00; sáb 10:00–14:00"

    assert (
        text_of("{{ clinic_hours }}", clinic_hours=hours) == "lun-vie 9:00-18:00; sab 10:00-14:00"
    )


def test_an_email_says_when_the_clinic_is_open_as_it_is_written() -> None:
    mail = render("{{ clinic_hours }}", Channel.EMAIL, clinic_hours="sáb 10:00–14:00")

    assert "sáb 10:00–14:00" in mail.text


@pytest.mark.parametrize("written", ["Leave a message", "Leave a message."])
def test_what_to_do_out_of_hours_is_a_sentence(written: str) -> None:
    assert text_of("{{ out_of_hours }} Bye.", out_of_hours=written) == "Leave a message. Bye."


def test_plain_punctuation_costs_no_second_text() -> None:
    assert text_of("Don\u2019t \u2013 \u201crub\u201d\u2026\u00a0it") == 'Don\'t - "rub"... it'


def test_patients_names_keep_their_accents_and_lose_costly_punctuation() -> None:
    assert text_of("Hi {{ patient_name }}", patient_name="Łukasz O\u2019Neil") == "Hi Łukasz O'Neil"


@pytest.mark.parametrize("name", [None, "evil.com", "http://x.y", "a" * 61, "<b>", "Win @ x"])
def test_what_is_no_name_is_left_out(name: str | None) -> None:
    assert text_of("Hi {{ patient_name }}!", patient_name=name) == "Hi !"


@pytest.mark.parametrize(
    "text",
    [
        *("{{ nobody_knows }}", "{{ 1 / 0 }}", "{% if %}", "{{ end_of('soon') }}"),
        *("{{ ''.__class__.__mro__ }}", "{% include 'x' %}", "{{ range(10**9) | list }}"),
        "{{ clinic_name.format.__globals__ }}",
    ],
)
def test_what_cannot_be_filled_in_is_refused(text: str) -> None:
    with pytest.raises(CannotRender):
        render(text)


def test_a_missing_phone_number_is_never_called_none() -> None:
    with pytest.raises(CannotRender):
        render("Call {{ clinic_phone }}", clinic_phone=None)


def test_the_reason_names_no_patient() -> None:
    with pytest.raises(CannotRender) as refused:
        render("{{ patient_name / 2 }}")

    assert "Pat" not in str(refused.value)


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(CannotRender):
        render("long " * 1300)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_a_name_that_ends_with_a_full_stop_ends_a_sentence_too(locale: str) -> None:
    mail = render("Rest.", Channel.EMAIL, clinic_name="Ruiz, S.L.", locale=locale)

    assert mail.text.endswith(" Ruiz, S.L.\n")


def test_detail_is_said_when_asked_for() -> None:
    assert "In full." in render("Rest.", detail=MessageDetail.DETAILED).text


def test_email_has_a_subject_html_and_a_way_out() -> None:
    mail = render("Rest.", Channel.EMAIL, subject="Hi\n{{ patient_name }}")

    assert mail.subject == "Hi Pat"
    assert mail.text.endswith("To stop these emails, tell Rowan Clinic.\n")
    assert mail.html is not None


def test_html_is_text_and_never_markup() -> None:
    html = html_of("<script>\n\n- a & b\n- c", title="<i>", locale="en")

    assert "<title>&lt;i&gt;</title>" in html
    assert "<p>&lt;script&gt;</p><ul><li>a &amp; b</li><li>c</li></ul>" in html


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_sender_that_cannot_be_answered_names_another_way_out(channel: Channel) -> None:
    rendered = render("Keep it clean.", channel, opt_out_way="call +12025550177")

    assert rendered.text.rstrip().endswith("To opt out: call +12025550177.")
    assert "STOP" not in rendered.text


def test_marketing_mail_ends_with_the_clinics_postal_address() -> None:
    rendered = renderer.render(
        saying("Come back.", purpose=Purpose.MARKETING),
        Channel.EMAIL,
        MessageDetail.DISCREET,
        facts(postal_address="1 Main Street, Springfield"),
    )

    assert rendered.text.endswith("\nRowan Clinic, 1 Main Street, Springfield\n")


def test_other_mail_does_not_show_the_postal_address() -> None:
    rendered = render("Keep it clean.", Channel.EMAIL, postal_address="1 Main Street")

    assert "Main Street" not in rendered.text


SEOUL_MORNING = datetime(2027, 3, 12, 1, tzinfo=UTC)  # 10:00 in Seoul, 17:00 the day before in LA
THERE: dict[str, Any] = {"procedure_at": SEOUL_MORNING, "visit_zone": "Asia/Seoul"}


@pytest.mark.parametrize(
    ("locale", "zone", "expected"),
    [
        ("en-US", "America/Los_Angeles", "March 12, 2027 at 10:00 AM (Seoul time)"),
        ("en-GB", "Europe/London", "12 March 2027 at 10:00 (Seoul time)"),
        ("es-MX", "America/Mexico_City", "12 de marzo de 2027 a las 10:00 am (hora de Seul)"),
        ("es-ES", "Europe/Madrid", "12 de marzo de 2027 a las 10:00 (hora de Seul)"),
        ("en-US", "Asia/Seoul", "March 12, 2027 at 10:00 AM"),
        ("en-US", "Asia/Tokyo", "March 12, 2027 at 10:00 AM"),  # its clock shows the same
    ],
)
def test_a_visit_is_told_by_the_clinics_clock(locale: str, zone: str, expected: str) -> None:
    assert (
        f" {expected}." in render("{{ appointment }}.", time_zone=zone, locale=locale, **THERE).text
    )


@pytest.mark.parametrize(
    ("visit_zone", "time_zone", "expected"),
    [
        ("Asia/Seoul", "America/Los_Angeles", "12 March 2027 (Seoul time)"),
        ("America/Los_Angeles", "Asia/Seoul", "11 March 2027 (Los Angeles time)"),
        ("America/Argentina/Buenos_Aires", "Asia/Tokyo", "11 March 2027 (Buenos Aires time)"),
        ("America/New_York", "America/Chicago", "11 March 2027 (New York time)"),
        ("Asia/Kolkata", "Asia/Calcutta", "12 March 2027"),
    ],
)
def test_the_day_of_a_visit_is_the_clinics(visit_zone: str, time_zone: str, expected: str) -> None:
    zones = {"visit_zone": visit_zone, "time_zone": time_zone}

    assert text_of("{{ procedure_date }}", procedure_at=SEOUL_MORNING, **zones) == expected


def test_an_email_writes_the_city_with_its_accents() -> None:
    message = renderer.render(
        saying("{{ procedure_date }}.", subject="x"),
        Channel.EMAIL,
        MessageDetail.DISCREET,
        facts(locale="es-US", time_zone="America/Los_Angeles", **THERE),
    )

    assert "12 de marzo de 2027 (hora de Seúl)." in message.text


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "today"), (1, "tomorrow"), (2, "on 13 March"), (11, "on 13 March"), (14, "on 13 March")],
)
def test_a_day_is_counted_only_if_it_is_today_or_tomorrow(days: int, expected: str) -> None:
    visit_at = PROCEDURE - timedelta(hours=1)

    assert (
        text_of("See you {{ visit_day }}", read_at=visit_at - timedelta(days=days))
        == f"See you {expected}"
    )


def test_tomorrow_is_not_said_where_it_is_another_day() -> None:
    about = {"time_zone": "America/Los_Angeles", "read_at": SEOUL_MORNING - timedelta(days=1)}

    assert text_of("See you {{ visit_day }}", **THERE, **about) == (
        "See you on 12 March (Seoul time)"
    )


UNSUBSCRIBE = "https://clinic.example/unsubscribe/IjEi.Zx-_9"


def test_marketing_mail_ends_with_a_link_that_ends_it() -> None:
    step = saying("Book now.", purpose=Purpose.MARKETING)
    mail = renderer.render(
        step, Channel.EMAIL, MessageDetail.DISCREET, facts(unsubscribe_url=UNSUBSCRIBE)
    )

    assert f"To stop these emails: {UNSUBSCRIBE}\n" in mail.text
    assert f'<a href="{UNSUBSCRIBE}">{UNSUBSCRIBE}</a>' in (mail.html or "")


def test_an_html_mail_has_its_subject_for_a_title() -> None:
    mail = render("Rest.", Channel.EMAIL, subject="Q & A")

    assert "<title>Q &amp; A</title>" in (mail.html or "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://x.example/a?b=1&c=2.", "https://x.example/a?b=1&amp;c=2"),
        ("(http://x.example/a)", "http://x.example/a"),
        ("- https://x.example/c/abc, today", "https://x.example/c/abc"),
        ('"https://x.example/é"', "https://x.example/é"),
    ],
)
def test_addresses_of_pages_become_links(text: str, html: str) -> None:
    assert f'<a href="{html}">{html}</a>' in html_of(text, title="", locale="en")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "https:// nothing", "<b>x</b>", "a.b"])
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert "<a" not in html_of(text, title="", locale="en")
