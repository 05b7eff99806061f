import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from services.gateway.http.asgi import Receive
from services.gateway.http.bodies import SenderGone, read_body
from services.gateway.http.faults import HttpFault


def sender(*messages: Mapping[str, Any]) -> Receive:
    waiting: Iterator[Mapping[str, Any]] = iter(messages)

    async def receive() -> Mapping[str, Any]:
        for message in waiting:
            return message
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for so long")

    return receive


def part(body: bytes, *, more: bool = True) -> Mapping[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_reads_all_parts() -> None:
    receive = sender(part(b"a"), part(b"b"), part(b"", more=False))
    assert asyncio.run(read_body(receive)) == b"ab"


def test_gives_up_on_a_sender_that_stalls() -> None:
    with pytest.raises(HttpFault) as fault:
        asyncio.run(read_body(sender(part(b"a")), max_seconds=0.01))
    assert (fault.value.status, fault.value.code) == (408, "REQUEST_TIMEOUT")


def test_stops_reading_where_the_limit_is_passed() -> None:
    receive = sender(part(b"12345"), part(b"6"))
    with pytest.raises(HttpFault) as fault:
        asyncio.run(read_body(receive, max_bytes=5))
    assert fault.value.status == 413


def test_takes_a_body_of_just_the_limit() -> None:
    receive = sender(part(b"12345", more=False))
    assert asyncio.run(read_body(receive, max_bytes=5)) == b"12345"


def test_notices_that_the_sender_has_gone() -> None:
    with pytest.raises(SenderGone):
        asyncio.run(read_body(sender(part(b"a"), {"type": "http.disconnect"})))
