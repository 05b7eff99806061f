"""The aftercare sheet: a plan on paper."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

from services.gateway.app import make_app
from services.gateway.http.pages.sheet import sheets
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.fake_calls import shipped_snapshot

CHECKED_ON = date(2026, 11, 20)
PLACE = "/sheets/microneedling-aftercare"


@pytest.fixture(scope="module")
def web() -> FlaskClient:
    snapshot = shipped_snapshot()
    return make_app({}, [sheets(lambda: snapshot)]).test_client()


def sheet_with_a_step(after: str) -> str:
    """Returns the sheet of the shipped plan with a single step at this time."""
    release = shipped_snapshot().release
    catalog = release.catalogs["en"]
    plan = next(plan for plan in catalog.plans if PLACE.endswith(plan.slug))
    plan = replace(plan, steps=(replace(plan.steps[0], after=after, day=None, at=None),))
    catalogs = {"en": replace(catalog, plans=(plan,))}
    snapshot = Snapshot(replace(release, catalogs=catalogs))
    return make_app({}, [sheets(lambda: snapshot)]).test_client().get(PLACE).text


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", page)


def test_red_flags_come_first_and_emergencies_before_all(web: FlaskClient) -> None:
    page = web.get(PLACE).text

    assert headings(page) == ["When to get help", "Before your visit", "After your visit"]
    assert page.index("Trouble breathing") < page.index("Fever of 38") < page.index("Tomorrow")


def test_every_step_for_patients_is_on_the_sheet(web: FlaskClient) -> None:
    page = web.get(PLACE).text
    plan = shipped_snapshot().edition().plans["microneedling-aftercare"].entry

    printed = [step for step in plan.steps if step.kind not in ("CLINICIAN_TASK", "REBOOK")]
    assert len(re.findall(r'<div class="step">', page)) == len(printed)


def test_steps_for_clinicians_are_not_on_the_sheet(web: FlaskClient) -> None:
    assert "antiviral" not in web.get(PLACE).text


@pytest.mark.parametrize(
    "when",
    [
        "28 days before, 10:00",
        "1 day before, 10:00",
        "48 hours before",
        "at once",
        "24 hours after",
    ],
)
def test_it_says_when(web: FlaskClient, when: str) -> None:
    assert when in web.get(PLACE).text


@pytest.mark.parametrize("when", ["28 días antes, 10:00", "1 día antes, 10:00", "48 horas antes"])
def test_it_says_when_in_spanish(web: FlaskClient, when: str) -> None:
    assert when in web.get(f"{PLACE}?locale=es").text


@pytest.mark.parametrize(
    ("after", "text"),
    [
        ("-PT1H", "1 hour before"),
        ("PT90M", "90 minutes after"),
        ("PT60H", "60 hours after"),
        ("-PT72H", "3 days before"),
    ],
)
def test_a_wait_is_never_shown_shorter_or_longer_than_it_is(after: str, text: str) -> None:
    assert f"· {text}<" in sheet_with_a_step(after)


@pytest.mark.parametrize(
    ("locale", "day"), [("en", "November 20, 2026"), ("es", "20 de noviembre de 2026")]
)
def test_it_says_when_it_was_checked(web: FlaskClient, locale: str, day: str) -> None:
    assert f"{day}." in web.get(f"{PLACE}?locale={locale}").text


def test_it_speaks_the_language_of_the_reader(web: FlaskClient) -> None:
    assert '<html lang="en">' in web.get(PLACE, headers={"Accept-Language": "de, en"}).text


def test_a_missing_translation_is_mentioned(web: FlaskClient) -> None:
    assert "not yet translated" in web.get(f"{PLACE}?locale=de").text


def test_a_reader_who_has_it_is_not_sent_it_again(web: FlaskClient) -> None:
    first = web.get(PLACE)
    again = web.get(PLACE, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_a_plan_that_is_not_there_is_answered_with_those_that_are(web: FlaskClient) -> None:
    answer = web.get("/sheets/levitation")

    assert answer.status_code == 404
    assert "microneedling-aftercare" in answer.text


def test_before_there_is_a_catalog_it_says_so() -> None:
    assert make_app({}, [sheets(lambda: None)]).test_client().get(PLACE).status_code == 503


def test_nothing_in_the_address_gets_into_the_page(web: FlaskClient) -> None:
    assert "<b>" not in web.get(f"{PLACE}?locale=<b>x</b>").text


def test_scripts_and_frames_are_shut_out(web: FlaskClient) -> None:
    policy = web.get(PLACE).headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-US", "November 20, 2026"),
        ("en-GB", "20 November 2026"),
        ("en-AU", "20 November 2026"),
        ("es-MX", "20 de noviembre de 2026"),
    ],
)
@pytest.mark.parametrize("door", ["url", "browser"])
def test_its_date_is_that_of_the_readers_place(tag: str, expected: str, door: str) -> None:
    release = shipped_snapshot().release
    snapshot = Snapshot(
        replace(
            release,
            catalogs={
                locale: replace(
                    catalog,
                    plans=tuple(
                        replace(plan, reviewed_at=CHECKED_ON)
                        for plan in catalog.plans
                        if PLACE.endswith(plan.slug)
                    ),
                )
                for locale, catalog in release.catalogs.items()
            },
        )
    )
    web = make_app({}, [sheets(lambda: snapshot)]).test_client()

    url = f"{PLACE}?locale={tag}" if door == "url" else PLACE
    assert expected in web.get(url, headers={"Accept-Language": f"{tag},de;q=0.5"}).text
