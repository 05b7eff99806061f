"""The page for staff to acknowledge an alert: only its form does so."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.check_ins import ALERT_LIFETIME, AcknowledgeAlert, AlertShown, ShowAlert
from services.gateway.app import make_app
from services.gateway.http.pages import alert as page
from tests.support.gateway.check_in_records import ASKED_AT
from tests.support.gateway.fake_calls import people_named
from tests.support.gateway.fake_reminders import FakeReminders

SECRET = "a secret of tests"
SHOWN = AlertShown(
    clinic_name="Rowan <Clinic>",
    locale="en",
    time_zone="America/New_York",
    escalation_id=90,
    opened_at=ASKED_AT,
    acknowledged_at=None,
    acknowledged_by=None,
)


def acknowledged(by: str) -> AlertShown:
    return msgspec.structs.replace(
        SHOWN, acknowledged_at=ASKED_AT + timedelta(minutes=4), acknowledged_by=by
    )


def reminders(shown: AlertShown | None = SHOWN) -> FakeReminders:
    return FakeReminders(
        {
            ShowAlert: lambda _: shown,
            AcknowledgeAlert: lambda command: shown and acknowledged(command.by),
        }
    )


def web(asks: FakeReminders) -> FlaskClient:
    return make_app(
        {}, [page.alert_page(SECRET, asks, people_named({3: "Dr. Ada Example"}))]
    ).test_client()


def place(*parts: Any) -> str:
    return f"/a/{page.signer(SECRET).sign(*(parts or (7, 41)))}"


def test_looking_names_the_escalation_and_no_patient() -> None:
    text = web(reminders()).get(place()).get_data(as_text=True)

    assert "Escalation 90, Rowan &lt;Clinic&gt;" in text
    assert "2026-12-05 10:00 (America/New_York)" in text
    assert "<button>I take this</button>" in text


def test_who_took_it_with_a_key_of_their_own_is_shown_by_name() -> None:
    text = web(reminders(acknowledged("key:3"))).get(place()).get_data(as_text=True)

    assert "Dr. Ada Example" in text


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_fetching_the_link_takes_nothing(method: str) -> None:
    asks = reminders()

    response = web(asks).open(place(), method=method)

    assert response.status_code == 200
    assert not [question for question in asks.questions if isinstance(question, AcknowledgeAlert)]


def test_submitting_a_name_acknowledges_the_alert() -> None:
    asks = reminders()

    response = web(asks).post(place(), data={"by": " Ana\n Ruiz "})

    assert asks.questions == [AcknowledgeAlert(clinic_id=7, alert_id=41, by="Ana Ruiz")]
    text = response.get_data(as_text=True)
    assert "Taken by Ana Ruiz, 2026-12-05 10:04 (America/New_York)." in text
    assert "<form" not in text


def test_a_name_is_required_to_acknowledge() -> None:
    asks = reminders()

    response = web(asks).post(place(), data={"by": "  "})

    assert response.status_code == 400
    assert "Write your name" in response.get_data(as_text=True)
    assert not [question for question in asks.questions if isinstance(question, AcknowledgeAlert)]


def test_the_page_says_who_has_acknowledged_it() -> None:
    text = web(reminders(acknowledged("Ben"))).get(place()).get_data(as_text=True)

    assert "Taken by Ben" in text
    assert "<form" not in text


def test_a_test_of_the_chain_says_that_it_is_one() -> None:
    shown = msgspec.structs.replace(SHOWN, escalation_id=None)

    text = web(reminders(shown)).get(place()).get_data(as_text=True)

    assert "nobody needs help" in text


@pytest.mark.parametrize("locale", ["en", "es"])
def test_a_test_alert_mentions_neither_a_patient_nor_further_alerts(locale: str) -> None:
    shown = msgspec.structs.replace(SHOWN, escalation_id=None, locale=locale)

    text = web(reminders(shown)).get(place()).get_data(as_text=True).lower()

    assert "<form" in text
    assert not [
        phrase for phrase in ("patient", "paciente", "nobody else", "nadie más") if phrase in text
    ]


def test_the_page_speaks_the_clinics_language() -> None:
    shown = msgspec.structs.replace(SHOWN, locale="es")

    assert "Me hago cargo" in web(reminders(shown)).get(place()).get_data(as_text=True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("shape", ["x{}", "{}x", "WzEsMl0"])
def test_a_tampered_link_is_not_found_and_takes_nothing(method: str, shape: str) -> None:
    asks = reminders()
    token = place().rpartition("/")[2]

    response = web(asks).open(f"/a/{shape.format(token)}", method=method, data={"by": "Ana"})

    assert (response.status_code, asks.questions) == (404, [])


def test_a_patients_link_takes_no_alert() -> None:
    asks = reminders()
    other = TokenSigner(SECRET, purpose="check-in", lifetime=timedelta(days=1))

    assert web(asks).post(f"/a/{other.sign(7, 41)}", data={"by": "Ana"}).status_code == 404
    assert asks.questions == []


def test_an_expired_link_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "ALERT_LIFETIME", timedelta(seconds=-1))
    asks = reminders()

    assert web(asks).post(place(), data={"by": "Ana"}).status_code == 404
    assert asks.questions == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_when_reminders_is_away_the_page_says_that_nothing_was_recorded(method: str) -> None:
    response = web(FakeReminders({})).open(place(), method=method, data={"by": "Ana"})

    assert response.status_code == 503
    assert "nothing was recorded" in response.get_data(as_text=True)


def test_an_alert_that_is_not_there_is_not_found() -> None:
    client = web(reminders(None))

    assert client.get(place()).status_code == 404
    assert client.post(place(), data={"by": "Ana"}).status_code == 404


def test_the_page_is_neither_cached_nor_referred() -> None:
    headers = web(reminders()).get(place()).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_the_link_works_for_two_weeks() -> None:
    assert ALERT_LIFETIME.days == 14
