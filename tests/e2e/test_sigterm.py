"""Each process is told to stop with work in hand: it ends well, and nothing is lost or doubled.

A lock on a table keeps the work in hand for as long as the test wants. The worker's own stop is in
tests/integration/reminders/delivery/test_delivery_processes.py; a stop of each under load is in
tests/chaos.
"""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.ask import ThreadedAskClient, UpstreamTimeout, stream_key
from services.chassis.database import open_engine
from services.chassis.redis import open_redis
from services.content.storage.tables import release
from services.contracts import content, reminders
from services.contracts.ask import ContentAsk, RemindersAsk
from services.contracts.gateway import CreateKey
from services.contracts.words import Mode, Role
from services.gateway.storage.api_keys import create_key
from services.gateway.storage.tables import intake
from services.launcher.processes import wait_until
from services.reminders.database.tables import (
    clinic,
    inbound_message,
    outbound,
    staff_task,
    suppression,
)
from tests.support.gateway.graphql import Gateway
from tests.support.gateway.signed_calls import SignedCalls
from tests.support.processes.process_stack import ProcessStack, Seat, listens
from tests.support.reading_rules import store_shipped_rules
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.reminders.sending import Worker, claim, end_leases

PATIENCE_SECONDS = 20.0
ASK_SECONDS = 15.0


class House:
    def __init__(self, processes: ProcessStack, begun: ExitStack) -> None:
        self.processes = processes
        self.engine = open_engine(processes.postgres_url, application_name="test")
        begun.callback(self.engine.dispose)
        store_shipped_rules(self.engine)
        self.redis = begun.enter_context(open_redis(processes.redis_url))
        self.due = DueMessages(self.engine, processes.vault)
        self.client = ThreadedAskClient(processes.redis_url, processes.vault)
        begun.callback(self.client.close)
        self.pool = begun.enter_context(ThreadPoolExecutor(24))

    @contextmanager
    def running(self, *words: str) -> Iterator[Seat]:
        seat = self.processes.afterglow("-".join(words), *words).start()
        try:
            yield seat
        finally:
            seat.end()

    @contextmanager
    def gateway(self) -> Iterator[Seat]:
        with self.running("serve", "gateway") as seat:
            assert wait_until(listens(self.processes.gateway), PATIENCE_SECONDS)
            yield seat

    @contextmanager
    def locked(self, table: sa.Table) -> Iterator[None]:
        """Nobody reads or writes the table until the block ends."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"lock table {table.fullname} in access exclusive mode"))
            yield

    def is_blocked(self) -> bool:
        """Whether somebody waits for a lock of ours."""
        waiting = sa.text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        with self.engine.connect() as connection:
            waiting_count: int = connection.execute(waiting).scalar_one()
        return waiting_count > 0

    def count(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        with self.engine.connect() as connection:
            statement = sa.select(sa.func.count()).select_from(table).where(*where)
            number: int = connection.execute(statement).scalar_one()
        return number

    def in_hand(self, stream: str) -> int:
        waiting: int = self.redis.xlen(stream_key(stream))
        return waiting


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with ProcessStack(is_durable=False) as processes, ExitStack() as begun:
        yield House(processes, begun)


def stop_with_work_in_hand(house: House, seat: Seat, table: sa.Table, work: Any) -> Any:
    """Start the work under a lock, tell the process to stop, and let go; what the work made."""
    with house.locked(table):
        doing = house.pool.submit(work)
        assert wait_until(house.is_blocked, PATIENCE_SECONDS)
        seat.send(signal.SIGTERM)
        time.sleep(0.5)
        assert seat.is_running, "it left its work behind"
    made = doing.result(PATIENCE_SECONDS)
    assert wait_until(lambda: not seat.is_running, PATIENCE_SECONDS)
    assert seat.exit_code == 0
    return made


def test_the_reminders_service_answers_what_it_has_in_hand(house: House) -> None:
    ask = reminders.CreateClinic(name="In hand", time_zone="UTC", country="PT")
    with house.running("serve", "reminders") as service:
        made = stop_with_work_in_hand(
            house, service, clinic,
            lambda: house.client.ask(ask, timeout=ASK_SECONDS),
        )  # fmt: skip

    assert isinstance(made, reminders.ClinicRecord)
    assert house.count(clinic, clinic.c.name == "In hand") == 1
    assert house.in_hand(RemindersAsk.stream) == 0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_every_ask_is_done_exactly_once_over_a_restart_of_the_reminders_service(
    house: House, ending: signal.Signals
) -> None:
    def create(number: int) -> Any:
        name = f"{ending.name} {number}"
        ask = reminders.CreateClinic(name=name, time_zone="UTC", country="PT")
        return house.client.ask(ask, timeout=ASK_SECONDS)

    with house.running("serve", "reminders") as service, house.locked(clinic):
        asked: list[Future[Any]] = [house.pool.submit(create, n) for n in range(20)]
        assert wait_until(house.is_blocked, PATIENCE_SECONDS)
        service.send(ending)
        time.sleep(0.5)
    with house.running("serve", "reminders"):
        made = [future.result(PATIENCE_SECONDS) for future in asked]

    assert len({record.id for record in made}) == 20
    assert house.count(clinic, clinic.c.name.like(f"{ending.name} %")) == 20
    assert house.in_hand(RemindersAsk.stream) == 0


def test_the_content_service_answers_what_it_has_in_hand(house: House) -> None:
    with house.running("serve", "content") as service:
        reply = stop_with_work_in_hand(
            house, service, release,
            lambda: house.client.ask(
                content.PublishCatalog(), timeout=ASK_SECONDS
            ),
        )  # fmt: skip

    assert reply.info is not None
    assert house.count(release) == 1
    assert house.in_hand(ContentAsk.stream) == 0


def test_the_gateway_answers_requests_in_flight(house: House) -> None:
    command = CreateKey(clinic_id=house.due.clinic_id, role=Role.STAFF, mode=Mode.LIVE)
    with house.engine.begin() as connection:
        key = create_key(connection, command, CommandContext("key"), vault=house.processes.vault)
    asking = Gateway(f"http://{house.processes.gateway}/graphql", key)

    with house.running("serve", "reminders"), house.gateway() as gateway:
        answer = stop_with_work_in_hand(
            house, gateway, staff_task, lambda: asking.post("{ tasks(first: 1) { nodes { id } } }")
        )

    assert "errors" not in answer
    assert isinstance(answer["data"]["tasks"]["nodes"], list)


def test_the_gateway_gives_back_what_it_hands_on(house: House) -> None:
    load = Load(house.due, 5, first=100)

    def text_in() -> list[int]:
        with closing(SignedCalls(house.processes)) as calls:
            return [calls.text_in(100 + n, person.phone) for n, person in enumerate(load.people)]

    with house.running("serve", "reminders"):
        with house.gateway() as gateway:
            assert stop_with_work_in_hand(house, gateway, inbound_message, text_in) == [200] * 5
            with house.engine.begin() as connection:  # raises where a row is still locked
                connection.execute(sa.select(intake.c.id).with_for_update(nowait=True))
        with house.gateway():
            assert wait_until(lambda: house.count(intake) == 0, PATIENCE_SECONDS)

    assert house.count(inbound_message) == 5
    here = suppression.c.clinic_id == house.due.clinic_id  # others may share the sender
    assert house.count(suppression, here) == 5


def test_the_dispatcher_finishes_the_sweep_it_is_in(house: House) -> None:
    load = Load(house.due, 20, first=200)
    load.remind()
    claim(Worker(house.engine, house.processes.vault), 20)  # by a worker that is never seen again
    end_leases(house.engine)
    queued = outbound.c.state == "QUEUED"
    assert house.count(outbound, queued) == 20

    with house.running("dispatcher") as dispatcher:
        stop_with_work_in_hand(house, dispatcher, outbound, lambda: None)

    assert house.count(outbound, queued) == 0


def test_an_ask_that_came_too_late_is_not_worked(house: House) -> None:
    """What waited out a stop longer than its asker did is dropped, not done for nobody."""
    ask = reminders.CreateClinic(name="Too late", time_zone="UTC", country="PT")
    with pytest.raises(UpstreamTimeout):
        house.client.ask(ask, timeout=0.3)
    with house.running("serve", "reminders"):
        assert wait_until(lambda: house.in_hand(RemindersAsk.stream) == 0, PATIENCE_SECONDS)

    assert house.count(clinic, clinic.c.name == "Too late") == 0
