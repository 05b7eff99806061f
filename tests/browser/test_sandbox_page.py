"""The sandbox's page in a real browser."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from tests.support.processes.chromium import browsing, need_chromium
from tests.support.processes.sandbox_client import SandboxClient, running_gateway, running_sandbox

pytestmark = pytest.mark.long

IS_LIVE = "document.getElementById('live').dataset.state === 'on'"
TEXTS = "document.querySelectorAll('.bubbles .words').length"


@pytest.fixture(autouse=True)
def _browser_is_there() -> None:
    need_chromium()


async def send_mail(sandbox: SandboxClient, html: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@rowan.example", "ines@example.com", "Day 3"
    mail.set_content("Text")
    mail.add_alternative(html, subtype="html")
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=sandbox.smtp_port)


def test_new_messages_appear_by_themselves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox, browsing(tmp_path / "profile") as page:
            await page.open(sandbox.url)
            await page.until(IS_LIVE)
            await sandbox.text(body="Just arrived")
            await send_mail(sandbox, "<p>Hello</p>")
            await page.until("document.body.innerText.includes('Just arrived')")
            await page.until("document.querySelectorAll('.mail').length === 1")
            assert page.complaints == []

    asyncio.run(scenario())


def test_a_reply_being_typed_survives_a_new_message(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            running_gateway() as gateway,
            running_sandbox(gateway.url) as sandbox,
            browsing(tmp_path / "profile") as page,
        ):
            await sandbox.text(body="First")
            await page.open(sandbox.url)
            await page.until(IS_LIVE)
            await page.value("document.querySelector('.reply [name=text]').focus()")
            await page.type("It ")
            await sandbox.text(body="Second")
            await page.until(f"{TEXTS} === 2")
            await page.type("itches")
            await page.press_enter()
            await page.until("document.body.innerText.includes('received by the clinic')")
            assert gateway.forms[0]["Body"] == "It itches"

    asyncio.run(scenario())


def test_an_open_email_stays_open_when_another_arrives(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox, browsing(tmp_path / "profile") as page:
            await send_mail(sandbox, "<p>First</p>")
            await page.open(sandbox.url)
            await page.until(IS_LIVE)
            await page.value("document.querySelector('.mail').open = true")
            await send_mail(sandbox, "<p>Second</p>")
            await page.until("document.querySelectorAll('.mail').length === 2")
            assert await page.value("document.querySelectorAll('.mail')[1].open")

    asyncio.run(scenario())


def test_an_email_runs_no_script_and_fetches_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            running_gateway() as tracker,
            running_sandbox() as sandbox,
            browsing(tmp_path / "profile") as page,
        ):
            await send_mail(
                sandbox,
                "<script>parent.document.title = top.document.title = 'taken over'</script>"
                f"<form id=f method=post action='{tracker.url}/form'></form>"
                f"<script>f.submit(); fetch('{tracker.url}/script', {{method: 'POST'}})</script>"
                f"<link rel=stylesheet href='{tracker.url}/style'><img src='{tracker.url}/pixel'>",
            )
            await page.open(sandbox.url)
            await page.value("document.querySelector('.mail').open = true")
            await page.until("document.querySelector('iframe').getBoundingClientRect().height > 0")
            await asyncio.sleep(0.5)
            assert await page.value("document.title") == "Afterglow sandbox"
            assert (tracker.asked, tracker.forms) == (0, [])

    asyncio.run(scenario())


def test_fits_a_phones_screen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox, browsing(tmp_path / "profile") as page:
            await sandbox.text(body="https://a.example/" + "long" * 50)
            await send_mail(sandbox, "<p>Hello</p>")
            screen = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": False}
            await page.call("Emulation.setDeviceMetricsOverride", **screen)
            await page.open(sandbox.url)
            assert await page.value("document.documentElement.scrollWidth") <= 360

    asyncio.run(scenario())
