"""Patients go all the way through; then nothing of those persons can be found in the clear.

Once they are erased, nothing of them can be found at all, not even by whoever has our keys.
"""

from collections.abc import Iterator

import pytest

from services.chassis.redis import open_redis
from tests.support.pii_markers import (
    FROM_US,
    MARKERS,
    OF_STAFF,
    PiiMarkers,
    database_text,
    files_in,
    holding,
    server_files,
)
from tests.support.processes.operator_actions import rows
from tests.support.processes.stack import Stack

ALL = MARKERS | OF_STAFF
KEPT = {"erasing", "body"}
"""Why a patient was erased, sealed; and a text of the catalog's, which is nobody's."""


@pytest.fixture(scope="module")
def lives() -> Iterator[PiiMarkers]:
    """A running product in which each marker has gone every way there is."""
    with Stack() as stack:
        lives = PiiMarkers(stack)
        lives.live()
        yield lives


@pytest.fixture(scope="module")
def stack(lives: PiiMarkers) -> Stack:
    return lives.stack


@pytest.fixture(scope="module")
def database_texts(lives: PiiMarkers) -> tuple[str, str]:
    """The text of the database, opened with the keys: before both were erased, and after."""
    before = database_text(lives.stack)
    lives.erase()
    after = database_text(lives.stack)
    rows(lives.stack, "checkpoint")
    return before, after


@pytest.mark.parametrize("marker", FROM_US)
def test_the_provider_got_it_so_there_was_something_to_leak(stack: Stack, marker: str) -> None:
    assert MARKERS[marker] in str(stack.messages())


def test_a_patient_is_handed_all_that_is_kept_of_them(lives: PiiMarkers) -> None:
    export = "".join(lives.printed)

    assert {name for name, marker in MARKERS.items() if marker not in export} == {"erasing"}


@pytest.mark.parametrize("marker", ALL)
def test_nothing_personal_lies_in_redis(stack: Stack, marker: str) -> None:
    with open_redis(stack.settings["REDIS_URL"]) as client:
        kept = b"".join(client.dump(key) or b"" for key in client.scan_iter())

    assert ALL[marker].encode() not in kept


@pytest.mark.parametrize("marker", ALL)
def test_nothing_personal_lies_in_a_file_of_the_servers(stack: Stack, marker: str) -> None:
    assert holding(server_files(stack), ALL[marker]) == []


@pytest.mark.parametrize("marker", ALL)
def test_nothing_personal_lies_in_a_log(stack: Stack, marker: str) -> None:
    assert holding([stack.log, *files_in(stack.home.logs)], ALL[marker]) == []


@pytest.mark.parametrize("marker", ALL)
def test_nothing_personal_lies_in_the_journals(stack: Stack, marker: str) -> None:
    assert holding(files_in(stack.home.root / "journal"), ALL[marker]) == []


@pytest.mark.parametrize("marker", sorted(MARKERS.keys() - KEPT))
def test_whoever_has_the_keys_could_read_it_until_the_patient_was_erased(
    database_texts: tuple[str, str], marker: str
) -> None:
    before, after = database_texts

    assert MARKERS[marker] in before
    assert MARKERS[marker] not in after


def test_that_messages_were_sent_and_consent_was_given_stays(
    stack: Stack, database_texts: tuple[str, str]
) -> None:
    assert database_texts
    assert rows(stack, "select 1 from reminders.outbound where state = 'DELIVERED'") != []
    proof = (
        "select 1 from reminders.consent where state = 'GRANTED' and wording_version is not null"
    )
    assert rows(stack, proof) != []
    assert rows(stack, "select 1 from reminders.patient where erased_at is null") == []


def test_replies_in_redis_do_not_last(stack: Stack) -> None:
    with open_redis(stack.settings["REDIS_URL"]) as client:
        assert {key for key in client.scan_iter("reply:*") if client.ttl(key) == -1} == set()
