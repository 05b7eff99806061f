"""The page and its streams over real sockets, without a browser."""

import asyncio

import pytest

from services.sandbox.web.changes import MOST_LISTENERS
from tests.support.processes.sandbox_client import SandboxClient, running_sandbox
from tests.support.waiting import until


async def post(sandbox: SandboxClient, path: str, origin: str | None = None, **form: str) -> int:
    headers = {"Origin": origin} if origin else {}
    async with sandbox.session.post(
        sandbox.url + path, data=form, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status


def test_an_empty_page_says_what_to_do_next() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            assert "Enroll a patient" in await sandbox.page()

    asyncio.run(scenario())


def test_shows_texts_escaped() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.text(body='<script>alert(1)</script> https://a.example/?x=1&y="2"')
            page = await sandbox.page()
            assert "<script>alert" not in page
            assert 'href="https://a.example/?x=1&amp;y="' in page

    asyncio.run(scenario())


def test_allows_no_scripts_but_its_own() -> None:
    async def scenario() -> None:
        async with (
            running_sandbox() as sandbox,
            sandbox.session.get(sandbox.url + "/") as answer,
        ):
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'; script-src 'self';" in policy

    asyncio.run(scenario())


def test_shows_only_the_address_asked_for() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.text("+12025550123", body="For the first")
            await sandbox.text("+14155550132", body="For the second")
            page = await sandbox.page("/?to=%2B14155550132")
            assert "For the second" in page
            assert "For the first" not in page

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "form",
    [
        {"phone": "12", "text": "Hi"},
        {"phone": "+12025550123"},
        {"phone": "+12025550123", "text": "a" * 1601},
        {"phone": "+12025550123", "text": "Hi", "clinic_number": "RowanClinic"},
    ],
)
def test_a_bad_reply_is_refused(form: dict[str, str]) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            assert await post(sandbox, "/replies", **form) == 400

    asyncio.run(scenario())


def test_sets_faults_from_the_panel() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            form = {"lose_replies": "25", "status": "429", "share": "50", "retry_after": "9"}
            assert await post(sandbox, "/faults", **form) == 303
            async with sandbox.session.get(sandbox.url + "/faults.json") as answer:
                faults = await answer.json()
            assert faults["loseReplies"] == 0.25
            assert faults["refuse"] == {"status": 429, "retryAfter": 9, "share": 0.5}

    asyncio.run(scenario())


@pytest.mark.parametrize("form", [{"lose_replies": "101"}, {"delay_ms": "soon"}])
def test_the_panel_refuses_bad_faults(form: dict[str, str]) -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            assert await post(sandbox, "/faults", **form) == 400

    asyncio.run(scenario())


def test_refuses_bad_faults_with_what_to_send() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            status, answer = await sandbox.set_faults(loseReplies=2)
            assert (status, "Send JSON such as" in answer["error"]) == (400, True)

    asyncio.run(scenario())


def test_another_site_may_not_act() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            status = await post(sandbox, "/replies", "https://evil.example", phone="+12025550123")
            assert status == 403

    asyncio.run(scenario())


def test_its_own_page_may_act() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            form = {"phone": "+12025550123", "text": "Hi"}
            assert await post(sandbox, "/replies", sandbox.url, **form) == 303

    asyncio.run(scenario())


def test_a_name_as_sender_has_no_reply_box() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            await sandbox.text(From="RowanClinic")
            assert "A name cannot be texted back." in await sandbox.page()

    asyncio.run(scenario())


def test_a_rebound_name_is_refused() -> None:
    async def scenario() -> None:
        async with (
            running_sandbox() as sandbox,
            sandbox.session.get(sandbox.url + "/", headers={"Host": "evil.example"}) as answer,
        ):
            assert answer.status == 421

    asyncio.run(scenario())


def test_a_stream_tells_of_a_new_message() -> None:
    async def scenario() -> None:
        async with (
            running_sandbox() as sandbox,
            sandbox.session.get(sandbox.url + "/events") as stream,
        ):
            assert await stream.content.readuntil(b"\n\n") == b"event: changed\ndata: {}\n\n"
            await sandbox.text()
            async with asyncio.timeout(2):
                assert await stream.content.readuntil(b"\n\n") == b"event: changed\ndata: {}\n\n"

    asyncio.run(scenario())


def test_a_quiet_stream_has_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.sandbox.web.changes.HEARTBEAT", 0.05)

    async def scenario() -> None:
        async with (
            running_sandbox() as sandbox,
            sandbox.session.get(sandbox.url + "/events") as stream,
        ):
            await stream.content.readuntil(b"\n\n")
            async with asyncio.timeout(2):
                assert await stream.content.readuntil(b"\n\n") == b": still here\n\n"

    asyncio.run(scenario())


def test_a_page_that_is_closed_ends_its_stream_quietly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.sandbox.web.changes.HEARTBEAT", 0.02)
    monkeypatch.setattr("services.sandbox.web.changes.MOST_LISTENERS", 1)

    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            stream = await sandbox.session.get(sandbox.url + "/events")
            await stream.content.readuntil(b": still here\n\n")
            stream.close()
            await until(lambda: takes_a_listener(sandbox))

    asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def takes_a_listener(sandbox: SandboxClient) -> bool:
    async with sandbox.session.get(sandbox.url + "/events") as answer:
        return answer.status == 200


def test_refuses_more_streams_than_it_can_serve() -> None:
    async def scenario() -> None:
        async with running_sandbox() as sandbox:
            streams = [
                await sandbox.session.get(sandbox.url + "/events") for _ in range(MOST_LISTENERS)
            ]
            async with sandbox.session.get(sandbox.url + "/events") as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
            for stream in streams:
                stream.close()

    asyncio.run(scenario())
