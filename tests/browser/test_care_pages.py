"""The pages of a check-in and of an alert, as people use them: a phone, a keyboard, no scripts."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.contracts.catalog import Notice, RedFlag, Severity
from services.contracts.check_ins import (
    AcknowledgeAlert,
    AlertShown,
    AnswerByLink,
    CheckInOptionRecord,
    CheckInReply,
    CheckInShown,
    ShowAlert,
    ShowCheckIn,
)
from services.contracts.words import CheckInLevel
from services.gateway.http.pages import alert, check_in
from tests.support.content.catalog import shipped_release
from tests.support.gateway import check_in_records
from tests.support.gateway.fake_calls import people_named
from tests.support.gateway.fake_reminders import FakeReminders
from tests.support.gateway.served_pages import serving
from tests.support.processes.chromium import Page, browsing, need_chromium

pytestmark = pytest.mark.long

SECRET = "a secret of tests"
PHONE = {"width": 320, "height": 700, "deviceScaleFactor": 2, "mobile": False}
STEP = next(
    step
    for plan in shipped_release().catalogs["en"].plans
    for step in plan.steps
    if step.key == "day-2-how-is-it-going"
)
SAFETY = "Rowan Clinic: please call +1 202 555 0100 now; our team has been alerted."
WELL = Notice(text=SAFETY, severity=Severity.URGENT, markdown=SAFETY)


@pytest.fixture(autouse=True)
def _browser_is_there() -> None:
    need_chromium()


def shown() -> CheckInShown:
    assert STEP.check_in
    return CheckInShown(
        check_in=check_in_records.check_in(
            question=STEP.check_in.question,
            options=tuple(
                CheckInOptionRecord(value=option.value, label=option.label)
                for option in STEP.check_in.options
            ),
            answer=None,
            level=CheckInLevel.WAITING,
        ),
        is_closed=False,
        locale="en",
        clinic_name="Rowan Clinic",
        clinic_phone="+12025550100",
        emergency_number="911",
        seek_help_if=tuple[RedFlag, ...](STEP.seek_help_if),
    )


def answering() -> FakeReminders:
    reply = CheckInReply(check_in=shown().check_in, guidance=(WELL,))
    return FakeReminders({ShowCheckIn: lambda _: shown(), AnswerByLink: lambda _: reply})


def alerting() -> FakeReminders:
    alert_shown = AlertShown(
        clinic_name="Rowan Clinic",
        locale="es",
        escalation_id=90,
        opened_at=check_in_records.ASKED_AT,
        acknowledged_at=None,
        acknowledged_by=None,
    )
    return FakeReminders(
        {
            ShowAlert: lambda _: alert_shown,
            AcknowledgeAlert: lambda command: msgspec.structs.replace(
                alert_shown, acknowledged_at=alert_shown.opened_at, acknowledged_by=command.by
            ),
        }
    )


def unkept(_make: Any) -> None:
    raise AssertionError("reminders was there to be asked")


async def open_without_scripts(page: Page, url: str) -> None:
    await page.call("Emulation.setScriptExecutionDisabled", value=True)
    await page.call("Emulation.setDeviceMetricsOverride", **PHONE)
    await page.open(url)


def test_a_patient_answers_with_the_keyboard_alone(tmp_path: Path) -> None:
    asks = answering()

    async def scenario(url: str) -> None:
        async with browsing(tmp_path / "profile") as page:
            await open_without_scripts(page, url)
            for _ in range(3):  # into the options, down to the last, on to the words
                await page.press("Tab" if _ == 0 else "ArrowDown")
            assert await page.value("document.activeElement.value") == "3"
            await page.press("Tab")
            await page.type("it itches")
            await page.press("Tab")
            await page.press_enter()
            await page.until(f"document.body.innerText.includes({SAFETY!r})")
            assert await page.value("document.querySelector('[role=alert]') !== null")
            assert page.complaints == []

    token = check_in.signer(SECRET).sign(7, 100)
    with serving([check_in.check_in_page(SECRET, asks, unkept)]) as place:
        asyncio.run(scenario(f"{place}/c/{token}"))
    answers = [question.answer for question in asks.questions if isinstance(question, AnswerByLink)]
    assert answers == ["3", "it itches"]


def test_staff_take_an_alert_by_the_form_and_not_by_opening_it(tmp_path: Path) -> None:
    asks = alerting()

    async def scenario(url: str) -> None:
        async with browsing(tmp_path / "profile") as page:
            await open_without_scripts(page, url)
            assert [type(question) for question in asks.questions] == [ShowAlert]
            await page.press("Tab")
            await page.type("Ana")
            await page.press_enter()
            await page.until("document.body.innerText.includes('A cargo de Ana')")
            assert page.complaints == []

    with serving([alert.alert_page(SECRET, asks, people_named({}))]) as place:
        asyncio.run(scenario(f"{place}/a/{alert.signer(SECRET).sign(7, 41)}"))


@pytest.mark.parametrize("zoom", [1, 2], ids=["as-it-is", "text-twice-as-large"])
def test_the_pages_fit_the_narrowest_phone(tmp_path: Path, zoom: int) -> None:
    async def scenario(urls: list[str]) -> None:
        async with browsing(tmp_path / "profile") as page:
            for url in urls:
                await open_without_scripts(page, url)
                await page.value(f"document.documentElement.style.fontSize = '{16 * zoom}px'")
                assert await page.value("document.documentElement.scrollWidth") <= PHONE["width"]
                small = "[...document.querySelectorAll('button, .option, input[type=text]')]"
                least = f"Math.min(...{small}.map(e => e.getBoundingClientRect().height))"
                assert await page.value(least) >= 44

    pages = [
        check_in.check_in_page(SECRET, answering(), unkept),
        alert.alert_page(SECRET, alerting(), people_named({})),
    ]
    with serving(pages) as place:
        question = f"{place}/c/{check_in.signer(SECRET).sign(7, 100)}"
        acknowledged_page = f"{place}/a/{alert.signer(SECRET).sign(7, 41)}"
        asyncio.run(scenario([question, acknowledged_page]))
