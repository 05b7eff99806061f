"""A reminders service that is away, or a Redis that is full: refused at once, and nothing lost."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.ask import MAX_WAITING, stream_key
from services.chassis.database import open_engine
from services.chassis.redis import open_redis
from services.contracts.ask import RemindersAsk
from services.contracts.gateway import CreateKey
from services.contracts.words import Mode, Role
from services.gateway.storage.api_keys import create_key
from services.gateway.storage.tables import intake
from services.launcher.processes import wait_until
from services.reminders.database.tables import inbound_message, patient, suppression
from tests.support.gateway.graphql import REGISTER, consents
from tests.support.gateway.signed_calls import SignedCalls
from tests.support.processes.process_stack import ProcessStack, listens
from tests.support.reading_rules import store_shipped_rules
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load

PRIVATE = "{ __typename tasks(first: 5) { nodes { id } } }"
AT_ONCE_SECONDS = 1.0
DRAIN_SECONDS = 30.0


class House:
    """A gateway, PostgreSQL and Valkey; the reminders service comes and goes."""

    def __init__(self, processes: ProcessStack) -> None:
        self.processes = processes
        self.engine = open_engine(processes.postgres_url, application_name="test")
        store_shipped_rules(self.engine)
        self.redis = open_redis(processes.redis_url)
        self.due = DueMessages(self.engine, processes.vault)
        self.key = self._key()
        self.service = processes.afterglow("service", "serve", "reminders")
        self.phones = 0

    def _key(self) -> str:
        command = CreateKey(clinic_id=self.due.clinic_id, role=Role.STAFF, mode=Mode.LIVE)
        with self.engine.begin() as connection:
            return create_key(
                connection, command, CommandContext("key"), vault=self.processes.vault
            )

    def load(self, count: int) -> Load:
        self.phones += count
        return Load(self.due, count, first=self.phones)

    def ask(self, query: str, **variables: Any) -> tuple[int, str | None, dict[str, Any]]:
        """Status, Retry-After and body."""
        request = urllib.request.Request(
            f"http://{self.processes.gateway}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - same
            return reply.status, reply.headers["Retry-After"], json.load(reply)

    def fill_stream(self) -> None:
        with self.redis.pipeline() as pipe:
            for _ in range(MAX_WAITING):
                pipe.xadd(stream_key(RemindersAsk.stream), {"kind": "x"})
            pipe.execute()

    @contextmanager
    def full_redis(self) -> Iterator[None]:
        """No byte more: what would add one is refused, as under `noeviction`."""
        self.redis.config_set("maxmemory", 1)
        try:
            yield
        finally:
            self.redis.config_set("maxmemory", 0)

    @contextmanager
    def serving(self) -> Iterator[None]:
        self.service.start()
        try:
            yield
        finally:
            self.service.end()
            self.redis.delete(stream_key(RemindersAsk.stream))

    def count(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        statement = sa.select(sa.func.count()).select_from(table).where(*where)
        with self.engine.connect() as connection:
            return connection.execute(statement).scalar_one()

    def drained(self) -> bool:
        return wait_until(lambda: self.count(intake) == 0, DRAIN_SECONDS)

    def close(self) -> None:
        self.redis.close()
        self.engine.dispose()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with ProcessStack(is_durable=False) as processes:
        processes.afterglow("gateway", "serve", "gateway").start()
        assert wait_until(listens(processes.gateway), 60.0)
        opened = House(processes)
        try:
            yield opened
        finally:
            opened.close()


def texts_in(house: House, load: Load) -> list[int]:
    """Every patient texts STOP. Returns the statuses that a provider gets."""
    calls = SignedCalls(house.processes)
    try:
        return [
            calls.text_in(house.phones * 1000 + n, person.phone)
            for n, person in enumerate(load.people)
        ]
    finally:
        calls.close()


def assert_refused_at_once(house: House, query: str, **variables: Any) -> dict[str, Any]:
    began = time.monotonic()
    status, retry_after, body = house.ask(query, **variables)

    assert time.monotonic() - began < AT_ONCE_SECONDS
    assert (status, retry_after) == (200, "1")
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    return body


def test_a_full_stream_refuses_a_private_read_and_nothing_beside_it(house: House) -> None:
    house.fill_stream()

    body = assert_refused_at_once(house, PRIVATE)

    assert body["data"]["__typename"] == "Query"
    house.redis.delete(stream_key(RemindersAsk.stream))


def test_a_command_that_a_full_stream_refused_is_never_done(house: House) -> None:
    house.fill_stream()
    before = house.count(patient)
    command = {"idempotencyKey": "full", "phone": "+12025550188", "isAdult": True}

    assert_refused_at_once(house, REGISTER, input=command | {"consents": consents("SMS")})

    with house.serving():
        assert wait_until(lambda: "errors" not in house.ask(PRIVATE)[2], DRAIN_SECONDS)
        assert house.count(patient) == before


def test_a_full_redis_refuses_at_once(house: House) -> None:
    with house.serving():
        assert wait_until(lambda: "errors" not in house.ask(PRIVATE)[2], DRAIN_SECONDS)
        with house.full_redis():
            assert_refused_at_once(house, PRIVATE)
        assert wait_until(lambda: "errors" not in house.ask(PRIVATE)[2], DRAIN_SECONDS)


@pytest.mark.parametrize("trouble", ["service away", "stream full", "redis full"])
def test_callbacks_are_kept_meanwhile_and_handed_on_after(house: House, trouble: str) -> None:
    load = house.load(60)
    before = (house.count(inbound_message), house.count(suppression))

    if trouble == "redis full":
        with house.serving(), house.full_redis():
            assert texts_in(house, load) == [200] * 60
            assert wait_until(lambda: house.count(intake, intake.c.attempts > 0) > 0, DRAIN_SECONDS)
            assert house.count(intake) == 60
    else:
        if trouble == "stream full":
            house.fill_stream()
        assert texts_in(house, load) == [200] * 60
        assert house.count(intake) == 60
    with house.serving():
        assert house.drained()

    assert (house.count(inbound_message), house.count(suppression)) == (
        before[0] + 60,
        before[1] + 60,
    )


def test_redis_is_not_needed_to_accept_callbacks(house: House) -> None:
    load = house.load(3)
    house.processes.seats["valkey"].end()
    try:
        assert texts_in(house, load) == [200] * 3
    finally:
        house.processes.seats["valkey"].start().wait_ready()
    with house.serving():
        assert house.drained()


def test_redis_refuses_and_drops_nothing_when_it_is_full(house: House) -> None:
    """What these tests are about: another policy would drop asks silently."""
    assert house.redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
