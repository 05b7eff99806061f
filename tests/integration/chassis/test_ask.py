import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
import redis
import sqlalchemy as sa

from services.chassis.answer import AskServer, CommandContext, QueryHandler
from services.chassis.ask import (
    MAX_WAITING,
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
    stream_key,
)
from services.chassis.inbox import inbox_table
from services.chassis.vault import Vault
from services.contracts.ask import Ask, Command
from tests.support.waiting import eventually

STREAM = "kitchen"
LEFT_ALONE_SECONDS = 2.0
"""How old an ask is before another consumer takes it over."""


class Double(Ask[int], frozen=True, kw_only=True):
    stream: ClassVar[str] = STREAM
    number: int


class Note(Command[int], frozen=True, kw_only=True):
    """Write a line down; the reply is how many there are."""

    stream: ClassVar[str] = STREAM
    timeout_seconds: ClassVar[float] = 3.0
    line: str


@pytest.fixture
def kitchen(engine: sa.Engine) -> sa.MetaData:
    """A service's own schema, with an inbox and something to write to."""
    metadata = sa.MetaData(schema="kitchen")
    inbox_table(metadata)
    sa.Table("notes", metadata, sa.Column("line", sa.Text))
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema("kitchen", if_not_exists=True))
        metadata.drop_all(connection)
        metadata.create_all(connection)
    return metadata


@pytest.fixture
def client(redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    client = ThreadedAskClient(redis_url, vault)
    yield client
    client.close()


def double(_: sa.Connection, questions: Sequence[Double]) -> list[int]:
    return [2 * question.number for question in questions]


class Service:
    """A kitchen service whose parts a test may replace."""

    def __init__(
        self, engine: sa.Engine, redis_url: str, vault: Vault, kitchen: sa.MetaData
    ) -> None:
        self._engine = engine
        self._redis_url = redis_url
        self._vault = vault
        self._inbox = kitchen.tables["kitchen.inbox"]
        self._notes = kitchen.tables["kitchen.notes"]

    def note(self, connection: sa.Connection, command: Note, _: CommandContext) -> int:
        connection.execute(sa.insert(self._notes).values(line=command.line))
        return connection.execute(sa.select(sa.func.count()).select_from(self._notes)).scalar_one()

    @contextmanager
    def running(
        self,
        *,
        reader: QueryHandler = double,
        note: Callable[[sa.Connection, Note, CommandContext], int] | None = None,
        consumers: int = 1,
    ) -> Iterator[AskServer]:
        server = AskServer(
            stream=STREAM,
            redis_url=self._redis_url,
            vault=self._vault,
            engine=self._engine,
            inbox=self._inbox,
            reads={Double: reader},
            commands={Note: note or self.note},
            consumers=consumers,
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def service(engine: sa.Engine, redis_url: str, vault: Vault, kitchen: sa.MetaData) -> Service:
    return Service(engine, redis_url, vault, kitchen)


def test_a_question_is_answered(service: Service, client: ThreadedAskClient) -> None:
    with service.running():
        assert client.ask(Double(number=21)) == 42


def test_a_service_that_is_away_is_a_timeout_not_a_wait(client: ThreadedAskClient) -> None:
    started = time.monotonic()

    with pytest.raises(UpstreamTimeout, match=r"kitchen did not answer in 0\.3 s"):
        client.ask(Double(number=1), timeout=0.3)

    assert time.monotonic() - started < 5


def test_an_ask_whose_deadline_passed_is_dropped_unworked(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    seen: list[int] = []

    def watch(_: sa.Connection, questions: Sequence[Double]) -> list[int]:
        seen.extend(question.number for question in questions)
        return [0] * len(questions)

    with pytest.raises(UpstreamTimeout):
        client.ask(Double(number=1), timeout=0.1)
    time.sleep(0.1)  # the deadline counts from when Redis took the ask, a little later
    with service.running(reader=watch):
        client.ask(Double(number=2))

    assert seen == [2]
    assert redis_client.xlen(stream_key(STREAM)) == 0


def test_many_questions_take_one_entry_and_are_read_in_one_batch(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    batches: list[int] = []
    waiting: list[int] = []

    def watch(connection: sa.Connection, questions: Sequence[Double]) -> list[int]:
        batches.append(len(questions))
        waiting.append(redis_client.xlen(stream_key(STREAM)))
        return double(connection, questions)

    with service.running(reader=watch):
        answers = client.ask_many([Double(number=number) for number in range(100)])

    assert list(answers) == list(range(0, 200, 2))
    assert (batches, waiting) == ([100], [1])


def test_many_questions_and_single_ones_are_told_apart(
    service: Service, client: ThreadedAskClient
) -> None:
    with service.running(), ThreadPoolExecutor(4) as pool:
        many = [pool.submit(client.ask_many, [Double(number=n), Double(number=n)]) for n in (1, 2)]
        single = [pool.submit(client.ask, Double(number=n)) for n in (3, 4)]
        assert [list(asked.result()) for asked in many] == [[2, 2], [4, 4]]
        assert [asked.result() for asked in single] == [6, 8]


def test_one_bad_question_of_many_fails_its_own_ask_alone(
    service: Service, client: ThreadedAskClient
) -> None:
    def picky(connection: sa.Connection, questions: Sequence[Double]) -> list[int]:
        if any(question.number < 0 for question in questions):
            raise ValueError("no negative numbers")
        return double(connection, questions)

    with service.running(reader=picky):
        with pytest.raises(UpstreamFailed):
            client.ask_many([Double(number=1), Double(number=-1)])
        assert list(client.ask_many([Double(number=1)])) == [2]


def test_no_questions_are_answered_without_an_ask(client: ThreadedAskClient) -> None:
    assert list(client.ask_many(list[Double]())) == []


def test_many_commands_at_once_are_refused(service: Service, client: ThreadedAskClient) -> None:
    with service.running(), pytest.raises(UpstreamFailed, match="UNREADABLE"):
        client.ask_many([Note(line="tea"), Note(line="milk")])


def test_asks_that_wait_together_are_answered_in_one_batch(
    service: Service, client: ThreadedAskClient
) -> None:
    batches: list[int] = []

    def watch(connection: sa.Connection, questions: Sequence[Double]) -> list[int]:
        batches.append(len(questions))
        return double(connection, questions)

    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(client.ask(Double(number=n))))
        for n in range(40)
    ]
    for thread in threads:
        thread.start()
    assert eventually(lambda: _waiting(service) == 40)
    with service.running(reader=watch):
        for thread in threads:
            thread.join()

    assert sorted(answers) == [2 * n for n in range(40)]
    assert max(batches) == 40


def test_one_bad_question_fails_alone(service: Service, client: ThreadedAskClient) -> None:
    def picky(_: sa.Connection, questions: Sequence[Double]) -> list[int]:
        if any(question.number == 13 for question in questions):
            raise LookupError
        return [question.number for question in questions]

    answers: list[int | str] = []

    def ask(number: int) -> None:
        try:
            answers.append(client.ask(Double(number=number)))
        except UpstreamFailed:
            answers.append("failed")

    threads = [threading.Thread(target=ask, args=(n,)) for n in (12, 13, 14)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: _waiting(service) == 3)
    with service.running(reader=picky):
        for thread in threads:
            thread.join()

    assert sorted(answers, key=str) == [12, 14, "failed"]


def test_a_command_sent_twice_is_done_once_and_answered_alike(
    service: Service, client: ThreadedAskClient
) -> None:
    command_id = uuid.uuid4().hex
    with service.running():
        first = client.ask(Note(line="tea"), command_id=command_id)
        client.ask(Note(line="milk"))
        again = client.ask(Note(line="tea"), command_id=command_id)

    assert (first, again) == (1, 1)


def test_a_command_that_fails_leaves_nothing_behind_and_may_be_sent_again(
    service: Service, client: ThreadedAskClient
) -> None:
    def fail_first(connection: sa.Connection, command: Note, context: CommandContext) -> int:
        count = service.note(connection, command, context)
        if not failed:
            failed.append(True)
            raise RuntimeError
        return count

    failed: list[bool] = []
    command_id = uuid.uuid4().hex
    with service.running(note=fail_first):
        with pytest.raises(UpstreamFailed):
            client.ask(Note(line="tea"), command_id=command_id)
        assert client.ask(Note(line="tea"), command_id=command_id) == 1


def test_a_command_that_the_database_breaks_off_is_done_again(
    service: Service, client: ThreadedAskClient
) -> None:
    def break_off_first(connection: sa.Connection, command: Note, context: CommandContext) -> int:
        if not broken:
            broken.append(True)
            driver: Any = connection.connection.driver_connection
            driver.execute("set local statement_timeout = 10")
            driver.execute("select pg_sleep(5)")  # a deadlock would end the same way
        return service.note(connection, command, context)

    broken: list[bool] = []
    with service.running(note=break_off_first):
        assert client.ask(Note(line="tea"), timeout=10) == 1


def test_what_follows_a_command_runs_only_once_it_is_committed(
    service: Service, client: ThreadedAskClient
) -> None:
    followed: list[str] = []

    def follow_or_fail(_: sa.Connection, command: Note, context: CommandContext) -> int:
        context.after_commit(lambda: followed.append(command.line))
        if command.line == "bad":
            raise RuntimeError
        return 0

    with service.running(note=follow_or_fail):
        client.ask(Note(line="good"))
        with pytest.raises(UpstreamFailed):
            client.ask(Note(line="bad"))

    assert followed == ["good"]


def test_a_full_stream_refuses_at_once(
    redis_client: redis.Redis, client: ThreadedAskClient
) -> None:
    with redis_client.pipeline() as pipe:
        for _ in range(MAX_WAITING):
            pipe.xadd(stream_key(STREAM), {"kind": "x"})
        pipe.execute()

    with pytest.raises(UpstreamUnavailable) as refusal:
        client.ask(Double(number=1))

    assert refusal.value.retry_after > 0


def test_what_a_dead_consumer_took_is_worked_by_another(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    redis_client.xgroup_create(stream_key(STREAM), "service", id="0", mkstream=True)
    answers: list[int] = []
    thread = threading.Thread(
        target=lambda: answers.append(client.ask(Note(line="tea"), timeout=10))
    )
    thread.start()
    entries: Any = []
    while not entries:  # a consumer that dies with the ask in its hands
        entries = redis_client.xreadgroup("service", "dead", {stream_key(STREAM): ">"}, block=100)
    with service.running():
        thread.join()

    assert answers == [1]


def test_a_command_that_takes_long_stays_with_who_does_it(
    service: Service,
    client: ThreadedAskClient,
    redis_client: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliveries: list[object] = []
    looks: list[float] = []
    take_over = redis.Redis.xautoclaim

    def look(*args: Any, **kwargs: Any) -> Any:
        looks.append(time.monotonic())
        return take_over(*args, **kwargs)

    monkeypatch.setattr(redis.Redis, "xautoclaim", look)

    def take_long(connection: sa.Connection, command: Note, _: CommandContext) -> int:
        left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        assert eventually(lambda: looks and looks[-1] > left_alone_until), (
            "nobody looks for abandoned asks"
        )
        [pending] = redis_client.xpending_range(stream_key(STREAM), "service", "-", "+", 10)
        deliveries.append(pending["times_delivered"])
        return service.note(connection, command, _)

    with service.running(note=take_long, consumers=2):
        assert client.ask(Note(line="tea"), timeout=20) == 1

    assert deliveries == [1]


def test_questions_do_not_wait_for_a_command_taken_with_them(
    service: Service, client: ThreadedAskClient
) -> None:
    is_answered = threading.Event()

    def wait_for_the_answer(_: sa.Connection, __: Note, ___: CommandContext) -> int:
        return int(is_answered.wait(5))

    with ThreadPoolExecutor(2) as pool:
        noted = pool.submit(client.ask, Note(line="slow"), timeout=20)
        assert eventually(lambda: _waiting(service) == 1)
        doubled = pool.submit(client.ask, Double(number=2), timeout=20)
        doubled.add_done_callback(lambda _: is_answered.set())
        assert eventually(lambda: _waiting(service) == 2)
        with service.running(note=wait_for_the_answer):
            assert (doubled.result(), noted.result()) == (4, 1)


def test_a_command_taken_with_a_slow_one_is_done_by_whoever_is_free(
    service: Service, client: ThreadedAskClient
) -> None:
    is_noted = threading.Event()
    lines: list[str] = []

    def slow_waits_for_quick(_: sa.Connection, command: Note, __: CommandContext) -> int:
        lines.append(command.line)
        if command.line == "quick":
            is_noted.set()
        return int(is_noted.wait(8))

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(client.ask, Note(line="slow"), timeout=20)
        assert eventually(lambda: _waiting(service) == 1)
        quick = pool.submit(client.ask, Note(line="quick"), timeout=20)
        assert eventually(lambda: _waiting(service) == 2)
        with service.running(note=slow_waits_for_quick, consumers=2):
            assert (slow.result(), quick.result()) == (1, 1)

    assert lines == ["slow", "quick"]


def test_a_claim_is_kept_no_longer_than_anybody_waits(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    may_end = threading.Event()

    def take_too_long(_: sa.Connection, __: Note, ___: CommandContext) -> int:
        return int(may_end.wait(15))

    with service.running(note=take_too_long, consumers=2):
        with pytest.raises(UpstreamTimeout):
            client.ask(Note(line="tea"), timeout=0.5)
        assert eventually(lambda: redis_client.xlen(stream_key(STREAM)) == 0)
        may_end.set()


def test_asking_goes_on_after_redis_was_flushed(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    with service.running():
        assert client.ask(Double(number=1)) == 2
        redis_client.flushdb()
        assert eventually(lambda: redis_client.exists(stream_key(STREAM)) == 1)
        assert client.ask(Double(number=2)) == 4


def test_a_restart_of_redis_costs_no_ask_once_it_is_back(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis
) -> None:
    with service.running(consumers=2), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: client.ask(Double(number=n)), range(8)))
        redis_client.client_kill_filter(_type="normal", skipme=True)

        assert [client.ask(Double(number=n)) for n in range(8)] == list(range(0, 16, 2))


def test_an_ask_of_an_unknown_kind_is_refused(service: Service, client: ThreadedAskClient) -> None:
    class Juggle(Ask[int], frozen=True, kw_only=True):
        stream: ClassVar[str] = STREAM
        balls: int

    with service.running(), pytest.raises(UpstreamFailed, match="UNKNOWN_KIND"):
        client.ask(Juggle(balls=3))


def test_nothing_asked_or_answered_can_be_read_in_redis_or_in_the_inbox(
    service: Service, client: ThreadedAskClient, redis_client: redis.Redis, engine: sa.Engine
) -> None:
    thread = threading.Thread(target=client.ask, args=(Note(line="Marker-7f3a"),))
    thread.start()
    assert eventually(lambda: _waiting(service) == 1)
    dumped = repr(redis_client.xrange(stream_key(STREAM)))
    with service.running():
        thread.join()
    with engine.connect() as connection:
        kept = repr(connection.execute(sa.text("select * from kitchen.inbox")).all())

    assert "Marker-7f3a" not in dumped + kept


def _waiting(service: Service) -> int:
    client = redis.Redis.from_url(service._redis_url)  # noqa: SLF001 - the test's own class
    try:
        return client.xlen(stream_key(STREAM))
    finally:
        client.close()
