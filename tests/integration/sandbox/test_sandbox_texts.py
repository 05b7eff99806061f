"""Texts over real sockets: what the SMS API takes and refuses, and what it posts by itself."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest

from services.sandbox.twilio.callbacks import sign
from tests.support.processes.sandbox_client import (
    CLINIC,
    PHONE,
    SID,
    TOKEN,
    Gateway,
    SandboxClient,
    authorized,
    running_gateway,
    running_sandbox,
)
from tests.support.waiting import until


def statuses(gateway: Gateway) -> list[str]:
    return [form["MessageStatus"] for form in gateway.forms]


def test_answers_as_twilio_does() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            status, resource = await sandbox.text(body="Olá 😀")
            assert (status, resource["sid"][:2], len(resource["sid"])) == (201, "SM", 34)
            assert (resource["status"], resource["num_segments"]) == ("queued", "1")

    asyncio.run(scenario())


def test_lists_a_text_that_was_taken() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            _, resource = await sandbox.text(body="Olá <b>")
            (message,) = await sandbox.arrived(to=PHONE)
            assert (message["id"], message["from"]) == (resource["sid"], CLINIC)
            assert (message["text"], message["subject"], message["html"]) == ("Olá <b>", None, None)

    asyncio.run(scenario())


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic !"}, authorized(password="no")])
def test_refuses_who_does_not_know_the_token(headers: dict[str, str]) -> None:
    async def scenario() -> None:
        async with (
            running_sandbox() as sandbox,
            sandbox.session.post(sandbox.messages_url, headers=headers) as answer,
        ):
            assert (answer.status, (await answer.json())["code"]) == (401, 20003)

    asyncio.run(scenario())


def test_knows_no_other_account() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            url = sandbox.messages_url.replace(SID, f"AC{'1' * 32}")
            async with sandbox.session.post(url, headers=authorized()) as answer:
                assert (answer.status, (await answer.json())["code"]) == (404, 20404)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("number", "code"),
    [("+15005550001", 21211), ("+15005550004", 21610), ("+15005550009", 21614), ("letters", 21211)],
)
def test_a_refused_text_is_not_listed(number: str, code: int) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            status, refusal = await sandbox.text(number)
            assert (status, refusal["code"], refusal["status"]) == (400, code, 400)
            assert await sandbox.arrived() == []

    asyncio.run(scenario())


def test_a_form_that_is_not_utf8_is_refused() -> None:
    async def scenario() -> None:
        headers = authorized() | {"Content-Type": "application/x-www-form-urlencoded"}
        async with (
            running_sandbox() as sandbox,
            sandbox.session.post(sandbox.messages_url, data=b"To=\xff", headers=headers) as answer,
        ):
            assert answer.status == 400

    asyncio.run(scenario())


def test_posts_sent_then_delivered_signed() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox() as sandbox:
            callback = f"{gateway.url}/status?clinic=1&attempt=a%20b"
            await sandbox.text(StatusCallback=callback)
            await until(lambda: len(gateway.forms) == 2)
            assert statuses(gateway) == ["sent", "delivered"]
            assert gateway.signatures == [sign(TOKEN, callback, form) for form in gateway.forms]

    asyncio.run(scenario())


def test_an_undelivered_text_says_why() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox() as sandbox:
            await sandbox.text("+15005553003", StatusCallback=gateway.url + "/status")
            await until(lambda: len(gateway.forms) == 2)
            last = gateway.forms[-1]
            assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")

    asyncio.run(scenario())


def test_receipts_wait_for_a_gateway_that_is_away() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox() as sandbox:
            gateway.is_down = True
            await sandbox.text(StatusCallback=gateway.url + "/status")
            await until(lambda: gateway.refused >= 2)
            gateway.is_down = False
            await until(lambda: len(gateway.forms) == 2)
            assert statuses(gateway) == ["sent", "delivered"]

    asyncio.run(scenario())


def test_receipts_outlive_a_restart_of_the_gateway() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            async with running_gateway() as first:
                port = int(first.url.rpartition(":")[2])
            await refuse_once(port, sandbox.text(StatusCallback=first.url + "/status"))
            async with running_gateway(port) as second:
                await until(lambda: len(second.forms) == 2)
                assert statuses(second) == ["sent", "delivered"]

    asyncio.run(scenario())


async def refuse_once(port: int, call: Awaitable[Any]) -> None:
    """Make a call, and break off the first connection that it leads to at this port."""
    is_refused = asyncio.Event()

    def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        is_refused.set()

    async with await asyncio.start_server(refuse, "127.0.0.1", port):
        await call
        await asyncio.wait_for(is_refused.wait(), 5)


def test_receipts_can_come_doubled_and_out_of_order() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox() as sandbox:
            await sandbox.set_faults(receipts={"delayMs": 0, "reorder": 1, "double": 1})
            await sandbox.text(StatusCallback=gateway.url + "/status")
            await until(lambda: len(gateway.forms) == 4)
            assert statuses(gateway) == ["delivered", "delivered", "sent", "sent"]

    asyncio.run(scenario())


def test_no_receipt_is_lost_whatever_goes_wrong() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox() as sandbox:
            await sandbox.set_faults(loseReplies=0.5, receipts={"delayMs": 0}, seed=7)
            for _ in range(40):
                try:
                    await sandbox.text(StatusCallback=gateway.url + "/status")
                except aiohttp.ServerDisconnectedError:
                    continue
            accepted_ids = {message["id"] for message in await sandbox.arrived()}
            await until(lambda: len(gateway.forms) >= 2 * len(accepted_ids))
            reported = defaultdict[str, list[str]](list)
            for form in gateway.forms:
                reported[form["MessageSid"]].append(form["MessageStatus"])
            assert reported == {sid: ["sent", "delivered"] for sid in accepted_ids}

    asyncio.run(scenario())


def test_a_text_whose_answer_is_lost_is_listed() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.set_faults(loseReplies=1)
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await sandbox.text(body="Taken")
            assert [message["text"] for message in await sandbox.arrived()] == ["Taken"]

    asyncio.run(scenario())


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (503, 20503)])
def test_refuses_for_now_when_told_to(status: int, code: int) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.set_faults(refuse={"status": status, "retryAfter": 7})
            async with sandbox.session.post(
                sandbox.messages_url, data={"To": PHONE}, headers=authorized()
            ) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (status, "7")
                assert (await answer.json())["code"] == code
            assert await sandbox.arrived() == []

    asyncio.run(scenario())


def test_answers_late_when_told_to() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.set_faults(delayMs=200)
            began = asyncio.get_running_loop().time()
            await sandbox.text()
            assert asyncio.get_running_loop().time() - began >= 0.2

    asyncio.run(scenario())


def test_refuses_texts_to_a_phone_that_texted_stop_until_it_texts_start() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox(gateway.url) as sandbox:
            assert await sandbox.reply("Stop") == 303
            assert (await sandbox.text())[1]["code"] == 21610
            await sandbox.reply("START")
            assert (await sandbox.text())[0] == 201

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("word", "says"), [("stop", "no more texts"), ("START", "this number again")]
)
def test_answers_opt_out_words_itself_and_tells_the_gateway(word: str, says: str) -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox(gateway.url) as sandbox:
            await sandbox.reply(word)
            await until(lambda: bool(gateway.forms))
            assert gateway.forms[0]["OptOutType"] == word.upper()
            assert says in await sandbox.page()
            assert await sandbox.arrived() == []  # only the provider itself sent it

    asyncio.run(scenario())


def test_carries_a_reply_to_the_gateway_signed() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox(gateway.url) as sandbox:
            await sandbox.reply("It itches")
            await until(lambda: bool(gateway.forms))
            (form,) = gateway.forms
            assert (form["From"], form["To"], form["Body"]) == (PHONE, CLINIC, "It itches")
            assert (form["AccountSid"], form["NumMedia"]) == (SID, "0")
            url = gateway.url + "/webhooks/sms/twilio/inbound"
            assert gateway.signatures == [sign(TOKEN, url, form)]

    asyncio.run(scenario())


def test_a_reply_waits_for_a_gateway_that_is_away() -> None:
    async def scenario() -> None:
        async with running_gateway() as gateway, running_sandbox(gateway.url) as sandbox:
            gateway.is_down = True
            await sandbox.reply("STOP")
            await until(lambda: gateway.refused >= 1)
            assert "HTTP 503" in await sandbox.page()
            gateway.is_down = False
            await until(lambda: bool(gateway.forms))
            await until(lambda: shows(sandbox, "received by the clinic"))

    asyncio.run(scenario())


async def shows(sandbox: SandboxClient, words: str) -> bool:
    return words in await sandbox.page()


def test_says_how_many_messages_it_has_forgotten() -> None:
    async def scenario() -> None:
        async with running_sandbox(keeps=2) as sandbox:
            for _ in range(5):
                await sandbox.text()
            async with sandbox.session.get(sandbox.url + "/messages.json") as answer:
                assert (len(await answer.json()), answer.headers["Afterglow-Forgotten"]) == (2, "3")

    asyncio.run(scenario())
