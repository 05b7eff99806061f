"""The check-in page of a patient: it takes an answer and always shows what must not wait."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Notice, Paragraph, RedFlag, Severity
from services.contracts.check_ins import (
    CHECK_IN_PURPOSE,
    AnswerByLink,
    CheckInReply,
    CheckInShown,
    ShowCheckIn,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import CheckInLevel
from services.gateway.app import make_app
from services.gateway.http.pages import check_in as page
from tests.support.gateway.check_in_records import check_in
from tests.support.gateway.fake_reminders import FakeReminders
from tests.support.gateway.intake import Kept

SECRET = "a secret of tests"
FLAG = RedFlag(
    code="EYE",
    label="A change in sight",
    action="Go to emergency care now.",
    severity=Severity.URGENT,
    is_emergency=True,
)
SHOWN = CheckInShown(
    check_in=check_in(answer=None, answered_at=None, answered_via=None, level=CheckInLevel.WAITING),
    is_closed=False,
    locale="en",
    clinic_name="Rowan <Clinic>",
    clinic_phone="+12025550100",
    emergency_number="911",
    seek_help_if=(FLAG,),
)
SAFETY = Notice(text="Call <now>.", severity=Severity.URGENT, markdown="Call now.")
THANKS = Paragraph(text="Thank you.", markdown="Thank you.")


def reply_of(command: AnswerByLink) -> CheckInReply:
    is_red = command.answer == "2"
    return CheckInReply(check_in=check_in(), guidance=(SAFETY,) if is_red else (THANKS,))


def reminders(shown: CheckInShown | None = SHOWN, **more: Any) -> FakeReminders:
    return FakeReminders({ShowCheckIn: lambda _: shown, AnswerByLink: more.get("answer", reply_of)})


def web(asks: FakeReminders, kept: Kept | None = None) -> FlaskClient:
    routes = page.check_in_page(SECRET, asks, (kept or Kept()).keep)
    return make_app({}, [routes]).test_client()


def place(*parts: int, age: timedelta = timedelta()) -> str:
    signer = TokenSigner(SECRET, purpose=CHECK_IN_PURPOSE, lifetime=timedelta(days=60) - age)
    return f"/c/{signer.sign(*(parts or (7, 100)))}"


def closed(**more: Any) -> CheckInShown:
    return msgspec.structs.replace(SHOWN, is_closed=True, **more)


def test_viewing_shows_the_question_its_options_and_the_red_flags() -> None:
    response = web(reminders()).get(place())

    text = response.get_data(as_text=True)
    assert response.status_code == 200
    for expected in (
        "How are you doing today?",
        'value="1"> calming down',
        'value="2"> getting worse',
        "A change in sight",
        "Go to emergency care now.",
        'href="tel:+12025550100"',
        'href="tel:911"',
    ):
        assert expected in text


def test_emergencies_are_shown_where_the_step_names_none() -> None:
    fever = msgspec.structs.replace(FLAG, label="Fever", is_emergency=False)
    shown = msgspec.structs.replace(SHOWN, seek_help_if=(fever,))

    text = web(reminders(shown)).get(place()).get_data(as_text=True)

    assert text.index("Trouble breathing") < text.index("Fever")


def test_texts_from_outside_are_escaped() -> None:
    text = web(reminders()).get(place()).get_data(as_text=True)

    assert "Rowan &lt;Clinic&gt;" in text
    assert "<Clinic>" not in text


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_looks_answers_nothing(method: str) -> None:
    asks, kept = reminders(), Kept()

    response = web(asks, kept).open(place(), method=method)

    assert response.status_code == 200
    assert not [question for question in asks.questions if isinstance(question, AnswerByLink)]
    assert kept.payloads == []


def test_an_answer_is_submitted_and_the_page_shows_the_guidance() -> None:
    asks = reminders()

    response = web(asks).post(place(), data={"option": "2", "words": ""})

    assert asks.questions[0] == AnswerByLink(clinic_id=7, reminder_id=100, answer="2")
    text = response.get_data(as_text=True)
    assert (response.status_code, "Call &lt;now&gt;." in text) == (200, True)
    assert 'class="box urgent" role="alert"' in text
    assert "A change in sight" in text


def test_option_and_words_are_submitted_separately_and_the_urgent_reply_wins() -> None:
    asks = reminders()

    text = web(asks).post(place(), data={"option": "2", "words": "so\r\n tired\x00"})

    answers = [question.answer for question in asks.questions if isinstance(question, AnswerByLink)]
    assert answers == ["2", "so tired"]
    assert "Call &lt;now&gt;." in text.get_data(as_text=True)


def test_answering_twice_is_answered_alike() -> None:
    client, where = web(reminders()), place()

    pages = [client.post(where, data={"option": "1"}).get_data() for _ in range(2)]

    assert pages[0] == pages[1]


def form_of(client: FlaskClient, where: str) -> str:
    match = re.search(r'name="form" value="(\w+)"', client.get(where).get_data(as_text=True))
    assert match
    return match[1]


def test_a_form_sent_again_is_the_same_command_and_a_new_form_is_another() -> None:
    asks = reminders()
    client, where = web(asks), place()
    first, second = form_of(client, where), form_of(client, where)

    for form in (first, first, second):
        client.post(where, data={"option": "2", "words": "worse", "form": form})

    ids = [command_id for command_id in asks.command_ids if command_id]
    assert ids[:2] == ids[2:4]
    assert len(set(ids)) == 4


def test_a_form_without_an_id_is_accepted() -> None:
    asks = reminders()

    web(asks).post(place(), data={"option": "2", "form": "../x"})

    assert asks.questions[0].answer == "2"
    assert asks.command_ids[0] is None


def test_an_empty_form_is_asked_again() -> None:
    asks = reminders()

    response = web(asks).post(place(), data={"words": "  "})

    assert response.status_code == 400
    assert "Choose an answer, or write one." in response.get_data(as_text=True)
    assert not [question for question in asks.questions if isinstance(question, AnswerByLink)]


def test_an_earlier_answer_still_shows_its_guidance() -> None:
    shown = msgspec.structs.replace(SHOWN, guidance=(SAFETY,))

    text = web(reminders(shown)).get(place()).get_data(as_text=True)

    assert "Call &lt;now&gt;." in text
    assert "<form" in text


def test_a_closed_question_is_not_asked_and_says_whom_to_call() -> None:
    text = web(reminders(closed())).get(place()).get_data(as_text=True)

    assert "This question is closed." in text
    assert "<form" not in text
    assert "tel:+12025550100" in text


def test_an_answer_that_comes_too_late_shows_the_closed_page() -> None:
    refusal = Refusal(code=UserErrorCode.TOO_LATE, message="closed")
    asks = reminders(closed(), answer=lambda _: CheckInReply(refusals=(refusal,)))

    text = web(asks).post(place(), data={"option": "1"}).get_data(as_text=True)

    assert "This question is closed." in text


def test_a_red_answer_is_accepted_after_closing() -> None:
    text = web(reminders(closed())).post(place(), data={"option": "2"}).get_data(as_text=True)

    assert "Call &lt;now&gt;." in text
    assert "closed" not in text


def test_an_expired_link_shows_the_clinics_number_and_takes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "CHECK_IN_LIFETIME", timedelta(seconds=-1))
    asks = reminders()
    client, where = web(asks), place()

    for response in (client.get(where), client.post(where, data={"option": "2"})):
        text = response.get_data(as_text=True)
        assert "tel:+12025550100" in text
        assert "A change in sight" in text
        assert "<form" not in text
    assert not [question for question in asks.questions if isinstance(question, AnswerByLink)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("shape", ["x{}", "{}x", "WzEsMl0", "a.b.c"])
def test_a_tampered_link_shows_signs_and_asks_nothing(method: str, shape: str) -> None:
    asks = reminders()
    token = place().rpartition("/")[2]

    response = web(asks).open(f"/c/{shape.format(token)}", method=method, data={"option": "1"})

    assert (response.status_code, asks.questions) == (404, [])
    assert "Trouble breathing" in response.get_data(as_text=True)


def test_a_token_for_another_purpose_is_not_found() -> None:
    asks = reminders()
    other = TokenSigner(SECRET, purpose="alert", lifetime=timedelta(days=1))

    assert web(asks).post(f"/c/{other.sign(7, 100)}", data={"option": "1"}).status_code == 404
    assert asks.questions == []


def test_a_question_that_is_not_there_shows_signs() -> None:
    response = web(reminders(None)).get(place())

    assert response.status_code == 404
    assert "Trouble breathing" in response.get_data(as_text=True)


def test_when_reminders_is_away_the_page_still_shows_signs() -> None:
    response = web(FakeReminders({})).get(place())

    assert response.status_code == 503
    assert "Trouble breathing" in response.get_data(as_text=True)


def test_an_answer_is_kept_when_reminders_is_away() -> None:
    kept = Kept()

    response = web(FakeReminders({}), kept).post(place(), data={"option": "2", "words": "help"})

    assert response.status_code == 202
    assert kept.payloads == [
        AnswerByLink(clinic_id=7, reminder_id=100, answer=answer) for answer in ("2", "help")
    ]
    assert "do not wait: call your clinic now" in response.get_data(as_text=True)


def test_the_page_speaks_the_patients_language() -> None:
    text = web(reminders(msgspec.structs.replace(SHOWN, locale="es-MX"))).get(place())

    assert '<html lang="es">' in text.get_data(as_text=True)
    assert "Una pregunta de" in text.get_data(as_text=True)


def test_without_a_question_the_browser_decides_the_language() -> None:
    text = web(reminders(None)).get(place(), headers={"Accept-Language": "es"})

    assert "Dificultad para respirar" in text.get_data(as_text=True)


def test_the_page_is_neither_cached_nor_referred() -> None:
    headers = web(reminders()).get(place()).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
