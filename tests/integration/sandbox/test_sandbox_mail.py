"""Mail over real sockets."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from tests.support.processes.sandbox_client import SandboxClient, running_sandbox


def mail(to: str = "ines@example.com") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Rowan Clinic <care@rowan.example>"
    made["To"] = to
    made["Subject"] = "Day 3"
    made["Message-ID"] = "<attempt-1@rowan.example>"
    made.set_content("Água morna")
    made.add_alternative("<p>Água morna</p>", subtype="html")
    return made


async def send(sandbox: SandboxClient, message: EmailMessage) -> str:
    _, answer = await aiosmtplib.send(message, hostname="127.0.0.1", port=sandbox.smtp_port)
    return answer


def test_lists_a_mail_that_was_taken() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await send(sandbox, mail())
            (message,) = await sandbox.arrived(to="INES@example.com", channel="EMAIL")
            assert (message["subject"], message["text"]) == ("Day 3", "Água morna\n")
            assert message["messageId"] == "<attempt-1@rowan.example>"

    asyncio.run(scenario())


def test_every_address_gets_the_mail() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await send(sandbox, mail("ines@example.com, sam@example.org"))
            arrived = [message["to"] for message in await sandbox.arrived()]
            assert arrived == ["ines@example.com", "sam@example.org"]

    asyncio.run(scenario())


def test_offers_size_8bitmime_and_smtputf8() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.smtp_port)
            async with client:
                await client.ehlo()
                offered = {"size", "8bitmime", "smtputf8"}
                assert offered <= set(client.esmtp_extensions)

    asyncio.run(scenario())


def test_takes_an_address_in_utf8() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await aiosmtplib.send(
                "Subject: Olá\r\n\r\nÁgua".encode(),
                sender="care@rowan.example",
                recipients=["inês@example.com"],
                mail_options=["SMTPUTF8", "BODY=8BITMIME"],
                hostname="127.0.0.1",
                port=sandbox.smtp_port,
            )
            assert len(await sandbox.arrived(to="inês@example.com")) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(("name", "code"), [("nobody", 550), ("full", 452), ("later", 451)])
def test_some_mailboxes_always_refuse(name: str, code: int) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
                await send(sandbox, mail(f"{name}@example.com"))
            assert [address.code for address in refusal.value.recipients] == [code]
            assert await sandbox.arrived() == []

    asyncio.run(scenario())


def test_refuses_a_mail_that_is_too_large() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            large = EmailMessage()
            large["From"], large["To"] = "care@rowan.example", "ines@example.com"
            large.set_content("a line of words\n" * 80_000)
            with pytest.raises(aiosmtplib.SMTPResponseException) as refusal:
                await send(sandbox, large)
            assert refusal.value.code == 552

    asyncio.run(scenario())


def test_a_mail_whose_answer_is_lost_is_listed() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.set_faults(loseReplies=1)
            with pytest.raises(aiosmtplib.SMTPServerDisconnected):
                await send(sandbox, mail())
            assert len(await sandbox.arrived()) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(("status", "code"), [(429, 451), (503, 421)])
def test_refuses_mail_for_now_when_told_to(status: int, code: int) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.set_faults(refuse={"status": status})
            with pytest.raises(aiosmtplib.SMTPResponseException) as refusal:
                await send(sandbox, mail())
            assert refusal.value.code == code
            assert await sandbox.arrived() == []

    asyncio.run(scenario())
