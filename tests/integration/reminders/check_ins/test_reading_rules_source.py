"""Where the reminders service gets its rules for reading replies, with a real content service."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.content.settings import ContentSettings
from services.content.wiring import content_service
from services.contracts.content import PublishCatalog
from services.contracts.words import CheckInLevel
from services.reminders.check_ins import rules_source
from services.reminders.check_ins.rules_source import ReadingRulesSource
from services.reminders.check_ins.usecases.reply_readers import RulesMissing
from services.reminders.database.tables import reading_rules as stored
from tests.support.content.catalog import shipped_with_word
from tests.support.waiting import eventually

INVENTED = "zorbling all night"


@pytest.fixture
def client(redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    opened = ThreadedAskClient(redis_url, vault)
    yield opened
    opened.close()


@pytest.fixture
def content_settings(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str
) -> ContentSettings:
    return ContentSettings(
        database_url=Secret(postgres_url),
        redis_url=Secret(redis_url),
        data_keys=Secret(data_keys),
        index_keys=Secret(index_keys),
        secret_key=Secret("s" * 32),
    )


def publish(client: ThreadedAskClient, files: dict[str, str] | None = None) -> None:
    reply = client.ask(PublishCatalog(files=files), timeout=60.0)
    assert reply.info is not None, reply.problems


def with_an_invented_word() -> dict[str, str]:
    return shipped_with_word("FEVER", "zorbling")


def level_of(source: ReadingRulesSource, text: str) -> CheckInLevel | None:
    return source.reader().read(text).level


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(rules_source, "_ASK_SECONDS", 0.2)
        patched.setattr(rules_source, "_CHECK_SECONDS", 0.2)
        yield


def test_replies_are_read_by_the_rules_of_the_current_release(
    content_settings: ContentSettings, client: ThreadedAskClient, engine: sa.Engine
) -> None:
    source = ReadingRulesSource(client, engine)
    with content_service(content_settings):
        publish(client)
        assert level_of(source, "i have a fever") is CheckInLevel.RED
        reader = source.reader()
        source.refresh()
        assert source.reader() is reader, "the same rules are compiled once"

        publish(client, with_an_invented_word())
        assert level_of(source, INVENTED) is CheckInLevel.UNCLEAR
        source.refresh()
        assert level_of(source, INVENTED) is CheckInLevel.RED


def test_new_rules_are_found_without_a_reply(
    content_settings: ContentSettings,
    client: ThreadedAskClient,
    engine: sa.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = ReadingRulesSource(client, engine)
    with content_service(content_settings), impatient(monkeypatch):
        publish(client)
        source.start()
        publish(client, with_an_invented_word())
        is_found = eventually(lambda: level_of(source, INVENTED) is CheckInLevel.RED)
        source.stop()

    assert is_found


def test_the_last_rules_are_used_while_the_content_service_is_away(
    content_settings: ContentSettings,
    client: ThreadedAskClient,
    engine: sa.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with content_service(content_settings):
        publish(client, with_an_invented_word())
        ReadingRulesSource(client, engine).refresh()

    with impatient(monkeypatch):
        after_a_start = ReadingRulesSource(client, engine)

        assert level_of(after_a_start, INVENTED) is CheckInLevel.RED


def test_without_any_rules_no_reply_is_read(
    client: ThreadedAskClient, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with impatient(monkeypatch), pytest.raises(RulesMissing):
        ReadingRulesSource(client, engine).reader()


def test_stored_rules_of_another_form_are_left_out(
    client: ThreadedAskClient, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = zlib.compress(msgspec.msgpack.encode({"concepts": {}}))
    with engine.begin() as connection:
        connection.execute(sa.insert(stored).values(content_hash="old", payload=payload))

    with impatient(monkeypatch), pytest.raises(RulesMissing):
        ReadingRulesSource(client, engine).reader()
