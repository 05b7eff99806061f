"""Unsubscribing from email: by one click, or by a page with one button."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Purpose
from services.contracts.replies import UNSUBSCRIBE_LIFETIME, RecordUnsubscribe
from services.gateway.app import make_app
from services.gateway.http.pages import unsubscribe
from tests.support.gateway.intake import NOW, Kept

SECRET = "a secret of tests"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def web(kept: Kept) -> FlaskClient:
    return make_app({}, [unsubscribe.unsubscribe_page(SECRET, kept.keep)]).test_client()


def place(purpose: Purpose = Purpose.CARE) -> str:
    return f"/unsubscribe/{unsubscribe.signer(SECRET).sign(3, 77, purpose)}"


def test_one_click_without_cookies_or_login_is_kept(web: FlaskClient, kept: Kept) -> None:
    response = web.post(place(), data=ONE_CLICK)

    assert response.status_code == 200
    assert kept.payloads == [
        RecordUnsubscribe(clinic_id=3, contact_point_id=77, purpose=Purpose.CARE, received_at=NOW)
    ]


def test_a_click_sent_as_multipart_counts_as_well(web: FlaskClient, kept: Kept) -> None:
    web.post(place(), data=ONE_CLICK, content_type="multipart/form-data")

    assert len(kept.payloads) == 1


def test_clicking_twice_is_answered_alike(web: FlaskClient) -> None:
    where = place()

    assert [web.post(where, data=ONE_CLICK).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_looks_changes_nothing(web: FlaskClient, kept: Kept, method: str) -> None:
    response = web.open(place(), method=method)

    assert (response.status_code, kept.payloads) == (200, [])


def test_looking_shows_a_form(web: FlaskClient) -> None:
    page = web.get(place()).get_data(as_text=True)

    assert '<form method="post">' in page
    assert "<button>Stop these emails</button>" in page


def test_the_page_says_that_care_reminders_continue(web: FlaskClient) -> None:
    page = web.get(place(Purpose.MARKETING)).get_data(as_text=True)

    assert "Reminders about your care still come." in page


def test_the_page_speaks_spanish_to_who_reads_it(web: FlaskClient) -> None:
    page = web.get(place(), headers={"Accept-Language": "es-MX,es;q=0.9"})

    assert "No recibir más correos" in page.get_data(as_text=True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("shape", ["x{}", "{}x", "WzEsMl0", "a.b.c"])
def test_a_tampered_token_is_not_found_and_changes_nothing(
    web: FlaskClient, kept: Kept, method: str, shape: str
) -> None:
    token = place().rpartition("/")[2]

    response = web.open(f"/unsubscribe/{shape.format(token)}", method=method)

    assert (response.status_code, kept.payloads) == (404, [])


def test_a_token_for_another_purpose_is_not_found(web: FlaskClient, kept: Kept) -> None:
    other = TokenSigner(SECRET, purpose="message", lifetime=timedelta(days=1))

    response = web.post(f"/unsubscribe/{other.sign(3, 77, 'CARE')}", data=ONE_CLICK)

    assert (response.status_code, kept.payloads) == (404, [])


def test_an_expired_token_is_not_found(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsubscribe, "UNSUBSCRIBE_LIFETIME", timedelta(seconds=-1))
    web = make_app({}, [unsubscribe.unsubscribe_page(SECRET, kept.keep)]).test_client()

    assert web.post(place(), data=ONE_CLICK).status_code == 404
    assert kept.payloads == []


def test_the_page_is_neither_cached_nor_referred(web: FlaskClient) -> None:
    headers = web.get(place()).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_the_link_works_for_a_year() -> None:
    assert UNSUBSCRIBE_LIFETIME.days == 365
