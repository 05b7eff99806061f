import pytest
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.content.storage.tables import reading_rules, release
from services.content.usecases.check_reading_rules import shipped_reading_rules
from services.contracts.catalog import ReleaseInfo
from services.contracts.content import (
    OPERATOR,
    CurrentReadingRules,
    DiffReleases,
    FindReviews,
    GetReadingRules,
    PublishCatalog,
    RollBack,
    SignOffReadingRules,
)
from services.contracts.errors import UserErrorCode
from services.contracts.words import Mode
from tests.support.content.catalog import shipped_with_word

CLINIC = 7


def publish(client: ThreadedAskClient, files: dict[str, str] | None = None) -> ReleaseInfo:
    reply = client.ask(PublishCatalog(files=files), timeout=60.0)
    assert reply.info is not None, reply.problems
    return reply.info


def with_a_word(word: str) -> dict[str, str]:
    return shipped_with_word("DENIES", word)


def current(client: ThreadedAskClient) -> CurrentReadingRules:
    return client.ask(GetReadingRules(), timeout=10.0)


def signed(content_hash: str, reviewer: str = "Dr. Ana Lima") -> SignOffReadingRules:
    return SignOffReadingRules(
        clinic_id=CLINIC,
        content_hash=content_hash,
        reviewer=reviewer,
        mode=Mode.LIVE,
        actor=OPERATOR,
    )


def test_the_shipped_rules_are_used_before_anything_is_published(
    client: ThreadedAskClient,
) -> None:
    assert current(client).content_hash == shipped_reading_rules().content_hash


def test_rules_are_those_of_the_current_release(client: ThreadedAskClient) -> None:
    first = publish(client)
    second = publish(client, with_a_word("nohow"))

    rules = current(client).rules
    assert rules is not None
    assert rules.concepts["DENIES"][0] == "nohow"
    assert second.content_hash != first.content_hash

    client.ask(RollBack(version=first.version), timeout=60.0)
    assert current(client).content_hash == shipped_reading_rules().content_hash


def test_rules_that_are_known_are_not_sent_again(client: ThreadedAskClient) -> None:
    publish(client)
    used = current(client).content_hash

    reply = client.ask(GetReadingRules(known_hash=used), timeout=10.0)

    assert reply == CurrentReadingRules(content_hash=used, rules=None)


def test_new_rules_are_a_difference(client: ThreadedAskClient) -> None:
    before = publish(client)
    publish(client, with_a_word("nohow"))

    reply = client.ask(DiffReleases(before=before.version), timeout=60.0)

    assert [(change.kind, change.path, change.was, change.becomes) for change in reply.changes] == [
        ("replies", "words.DENIES", None, "nohow")
    ]


def test_a_release_from_before_there_were_rules_has_the_shipped_ones(
    client: ThreadedAskClient, engine: sa.Engine
) -> None:
    publish(client, with_a_word("nohow"))
    with engine.begin() as connection:
        connection.execute(sa.update(release).values(reading_rules_hash=None))
        connection.execute(sa.delete(reading_rules))

    assert current(client).content_hash == shipped_reading_rules().content_hash


def test_rules_are_signed_by_their_own_hash(client: ThreadedAskClient) -> None:
    publish(client)
    read = current(client).content_hash

    reply = client.ask(signed(read))

    assert reply.review is not None
    assert reply.review.reviewer == "Dr. Ana Lima"
    assert client.ask(FindReviews(clinic_id=CLINIC, content_hashes=(read,))) == (reply.review,)

    publish(client, with_a_word("nohow"))
    unsigned = current(client).content_hash
    assert client.ask(FindReviews(clinic_id=CLINIC, content_hashes=(unsigned,))) == (None,)


def test_rules_that_are_no_longer_used_cannot_be_signed(client: ThreadedAskClient) -> None:
    publish(client)
    read = current(client).content_hash
    publish(client, with_a_word("nohow"))

    reply = client.ask(signed(read))

    assert reply.refusal is not None
    assert reply.refusal.code is UserErrorCode.STALE


@pytest.mark.parametrize("reviewer", ["", " ", "x" * 201])
def test_a_signature_needs_a_name(client: ThreadedAskClient, reviewer: str) -> None:
    reply = client.ask(signed(current(client).content_hash, reviewer))

    assert reply.refusal is not None
    assert reply.refusal.path == ("reviewer",)
