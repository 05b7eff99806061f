"""A patient goes all the way through; then nothing of that person can be found in the clear."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.redis import open_redis
from services.launcher.processes import wait_until
from tests.support.graphql import ENROLL, REGISTER, Gateway, consents
from tests.support.hands import reply, rows
from tests.support.stack import Stack

MARKERS = {
    "name": "Marlowe Quillfeather",
    "phone": "2025558467",
    "email": "quillfeather.m@example.com",
    "text": "tender as a plum since Tuesday",
    "evidence": "clipboard of the seventh drawer",
    "body": "From now on no tan",
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A running product in which each marker has gone every way there is."""
    with Stack() as stack:
        _live(stack)
        yield stack


@pytest.mark.parametrize("marker", ["name", "phone", "email", "body"])
def test_the_carrier_saw_it_so_there_was_something_to_leak(stack: Stack, marker: str) -> None:
    assert MARKERS[marker] in str(stack.messages())


@pytest.mark.parametrize("marker", MARKERS)
def test_nothing_personal_lies_in_redis(stack: Stack, marker: str) -> None:
    with open_redis(stack.settings["REDIS_URL"]) as client:
        kept = b"".join(client.dump(key) or b"" for key in client.scan_iter())

    assert MARKERS[marker].encode() not in kept


@pytest.mark.parametrize("marker", MARKERS)
def test_nothing_personal_lies_in_a_file_of_the_servers(stack: Stack, marker: str) -> None:
    assert _holding(_server_files(stack), MARKERS[marker]) == []


@pytest.mark.parametrize("marker", MARKERS)
def test_nothing_personal_lies_in_a_log(stack: Stack, marker: str) -> None:
    assert _holding([stack.log, *_files(stack.home.logs)], MARKERS[marker]) == []


@pytest.mark.parametrize("marker", MARKERS)
def test_nothing_personal_lies_in_the_journals(stack: Stack, marker: str) -> None:
    assert _holding(_files(stack.home.root / "journal"), MARKERS[marker]) == []


def _live(stack: Stack) -> None:
    gateway = Gateway(stack.graphql_url, stack.key)
    given = [consent | {"evidence": MARKERS["evidence"]} for consent in consents("SMS", "EMAIL")]
    patient = gateway.data(
        REGISTER,
        input={
            "idempotencyKey": "marker",
            "displayName": MARKERS["name"],
            "phone": f"+1{MARKERS['phone']}",
            "email": MARKERS["email"],
            "isAdult": True,
            "detail": "DETAILED",
            "consents": given,
        },
    )["registerPatient"]["patient"]["id"]
    now = stack.clock().product
    enrolled = gateway.data(
        ENROLL,
        input={
            "idempotencyKey": "marker",
            "patientId": patient,
            "plan": "microneedling-aftercare",
            "procedureAt": (now + timedelta(days=30)).isoformat(),
        },
    )["enrollPatient"]
    assert enrolled["userErrors"] == []
    due = rows(stack, "select min(due_at) from reminders.outbound")[0][0]
    stack.advance(due - now + timedelta(minutes=1))
    assert wait_until(lambda: len(stack.messages()) == 2, 20)
    sender = stack.messages(channel="SMS")[0]["from"]
    reply(stack, f"+1{MARKERS['phone']}", MARKERS["text"], to=sender)
    assert wait_until(lambda: rows(stack, "select 1 from reminders.inbound_message") != [], 20)
    rows(stack, "checkpoint")  # what is in memory goes to the files


def _server_files(stack: Stack) -> list[Path]:
    folders = {Path(rows(stack, "show data_directory")[0][0]), stack.home.data}
    return [file for folder in folders for file in _files(folder)]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _holding(files: list[Path], marker: str) -> list[str]:
    return [str(path) for path in files if marker.encode() in path.read_bytes()]
