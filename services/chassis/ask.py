"""Asking another service: the caller's half. The answering half is services.chassis.answer.

An ask is an entry of a Redis stream, sealed: one question, or a list of questions of one kind.
Its reply comes on a list of the asking process. The deadline is a duration: the answering side
judges it as Redis time minus the entry's own id, so no two clocks need to agree, and an expired
ask is dropped unworked.
"""

import asyncio
import itertools
import threading
import uuid
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
import redis.exceptions

from services.chassis.redis import open_async_redis
from services.chassis.tasks import end, run_on_loop
from services.chassis.vault import CannotOpen, Vault

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

MAX_WAITING = 1024
"""The most asks that a stream holds: at 2,000 a second, half a second of work."""

_REPLY_READ_SECONDS = 1.0

# XADD unless full, in one step: two callers must not both see the last free place.
_ADD = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
"""


class Question(Protocol[R_co]):
    """What can be asked: a struct whose class says who answers, how soon and with what type."""

    stream: ClassVar[str]
    timeout_seconds: ClassVar[float]

    @classmethod
    def reply_type(cls) -> type[R_co]: ...


class UpstreamTimeout(Exception):
    """There was no reply in time. A command may be done anyway: ask again with its id."""

    def __init__(self, stream: str, seconds: float) -> None:
        super().__init__(f"{stream} did not answer in {seconds:g} s")
        self.stream = stream


class UpstreamUnavailable(Exception):
    """The ask was refused before any work. `retry_after` is in seconds."""

    def __init__(self, stream: str, retry_after: float) -> None:
        super().__init__(f"{stream} takes no more asks now")
        self.stream = stream
        self.retry_after = retry_after


class UpstreamFailed(Exception):
    """The service failed. Its log says why."""


class ServiceClient(Protocol):
    """Asks other services: AskClient, and its stand-in in memory in the gateway's tests."""

    async def ask(
        self,
        question: Question[R],
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the answering side judges it
        command_id: str | None = None,
    ) -> R: ...

    async def ask_many(self, questions: Sequence[Question[R]]) -> Sequence[R]: ...


class BlockingAsk(Protocol):
    """Asks and waits, in a thread: `ask` of `blocking_ask`, and its stand-ins in tests.

    May raise UpstreamTimeout, UpstreamUnavailable or UpstreamFailed.
    """

    def __call__(self, question: Question[R], /, *, command_id: str | None = None) -> R: ...


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """The answer to an ask. `failure` is None, or a code without personal data."""

    request: int
    failure: str | None
    reply: msgspec.Raw


def stream_key(stream: str) -> str:
    return f"ask:{stream}"


def ask_context(stream: str, kind: str, command_id: str) -> str:
    """Return the context of a sealed ask, so that it cannot be replayed as another."""
    return f"ask.{stream}.{kind}.{command_id}"


def reply_context(reply_key: str) -> str:
    return f"reply.{reply_key}"


@cache
def _decoder(kind: type[Question[R]]) -> msgspec.msgpack.Decoder[R]:
    return msgspec.msgpack.Decoder(kind.reply_type())


@cache
def _list_decoder(kind: type[Question[R]]) -> msgspec.msgpack.Decoder[list[R]]:
    reply_type: Any = kind.reply_type()
    return msgspec.msgpack.Decoder(list[reply_type])


class AskClient:
    """The only client of a process. It belongs to the event loop that it was started on."""

    def __init__(self, redis_url: str, vault: Vault, *, max_waiting: int = MAX_WAITING) -> None:
        self._redis = open_async_redis(redis_url)
        self._replies = open_async_redis(redis_url)
        self._vault = vault
        self._max_waiting = max_waiting
        self._reply_key = f"reply:{uuid.uuid4().hex}"
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._reader = asyncio.create_task(self._read_replies())

    async def close(self) -> None:
        if self._reader:
            await end(self._reader)
        await self._redis.aclose()
        await self._replies.aclose()

    async def ask(
        self,
        question: Question[R],
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the answering side judges it
        command_id: str | None = None,
    ) -> R:
        """Ask and wait at most `timeout` seconds, the question's own if None.

        Raises UpstreamTimeout, UpstreamUnavailable or UpstreamFailed. A command asked again with
        the same `command_id` is done once and answered alike.
        """
        kind = type(question)
        seconds = kind.timeout_seconds if timeout is None else timeout
        reply = await self._answer(kind, question, seconds, command_id)
        decoded: R = _decoder(kind).decode(reply)
        return decoded

    async def ask_many(self, questions: Sequence[Question[R]]) -> Sequence[R]:
        """Ask questions of one kind in one round trip; the answers come in the same order.

        Raises as `ask` does. Commands are asked one by one.
        """
        if not questions:
            return ()
        kind = type(questions[0])
        if any(type(question) is not kind for question in questions):
            raise ValueError("questions asked together are of one kind")
        reply = await self._answer(kind, questions, kind.timeout_seconds, None)
        return _list_decoder(kind).decode(reply)

    async def _answer(
        self,
        kind: type[Question[Any]],
        ask: Question[Any] | Sequence[Question[Any]],
        seconds: float,
        command_id: str | None,
    ) -> msgspec.Raw:
        number = next(self._numbers)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            async with asyncio.timeout(seconds):
                fields = self._sealed(kind, ask, command_id or uuid.uuid4().hex)
                fields |= {"number": number, "milliseconds": int(seconds * 1000)}
                await self._send(kind.stream, fields)
                answer = await answered
        except TimeoutError:
            raise UpstreamTimeout(kind.stream, seconds) from None
        finally:
            del self._waiting[number]
        if answer.failure:
            raise UpstreamFailed(f"{kind.stream}: {answer.failure}")
        return answer.reply

    def _sealed(
        self,
        kind: type[Question[Any]],
        ask: Question[Any] | Sequence[Question[Any]],
        command_id: str,
    ) -> dict[str, Any]:
        context = ask_context(kind.stream, kind.__name__, command_id)
        return {
            "kind": kind.__name__,
            "command": command_id,
            "reply": self._reply_key,
            "sealed": self._vault.seal(msgspec.msgpack.encode(ask), context=context),
        }

    async def _send(self, stream: str, fields: dict[str, Any]) -> None:
        flat = tuple(itertools.chain.from_iterable(fields.items()))
        try:
            entry = await self._add(stream, flat)
        except redis.exceptions.RedisError:
            raise UpstreamUnavailable(stream, 1.0) from None
        if entry is None:
            raise UpstreamUnavailable(stream, 1.0)

    async def _add(self, stream: str, fields: tuple[Any, ...]) -> Any:  # noqa: ANN401 - an id or None
        """Add the ask, and try again if a connection is dead, as all are after a restart.

        An ask that was added twice changes nothing, because of the inbox and the waiting list.
        """
        key, limit = stream_key(stream), str(self._max_waiting)
        try:
            return await self._redis.eval(_ADD, 1, key, limit, *fields)
        except redis.exceptions.ConnectionError:
            await self._redis.connection_pool.disconnect(inuse_connections=False)
        return await self._redis.eval(_ADD, 1, key, limit, *fields)

    async def _read_replies(self) -> None:
        while True:
            try:
                popped: Any = await self._replies.blmpop(
                    _REPLY_READ_SECONDS, 1, self._reply_key, direction="LEFT", count=64
                )
            except redis.exceptions.RedisError:
                await asyncio.sleep(0.1)
                continue
            for sealed in popped[1] if popped else ():
                self._settle(sealed)

    def _settle(self, sealed: bytes) -> None:
        try:
            plain = self._vault.open(sealed, context=reply_context(self._reply_key))
            answer = msgspec.msgpack.decode(plain, type=Answer)
        except (CannotOpen, msgspec.MsgspecError):
            return  # not one of ours; the caller will time out
        answered = self._waiting.get(answer.request)
        if answered and not answered.done():
            answered.set_result(answer)


class ThreadedAskClient:
    """An AskClient on a loop of its own, for code that runs in threads."""

    def __init__(self, redis_url: str, vault: Vault) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="ask-client", daemon=True
        )
        self._thread.start()
        self._client = AskClient(redis_url, vault)
        self._run(self._client.start())

    def ask(
        self,
        question: Question[R],
        *,
        timeout: float | None = None,
        command_id: str | None = None,
    ) -> R:
        """Ask like AskClient.ask, and block the calling thread."""
        return self._run(self._client.ask(question, timeout=timeout, command_id=command_id))

    def ask_many(self, questions: Sequence[Question[R]]) -> Sequence[R]:
        """Ask like AskClient.ask_many, and block the calling thread."""
        return self._run(self._client.ask_many(questions))

    def close(self) -> None:
        self._run(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        return run_on_loop(self._loop, work)


def blocking_ask(client: ServiceClient, loop: asyncio.AbstractEventLoop) -> BlockingAsk:
    """Make `ask` for the threads of a process in which `client` and its loop run already.

    An ask that the end of the process cuts off raises UpstreamUnavailable.
    """

    def ask(question: Question[R], /, *, command_id: str | None = None) -> R:
        try:
            return run_on_loop(loop, client.ask(question, command_id=command_id))
        except CancelledError:
            raise UpstreamUnavailable(question.stream, 1.0) from None

    return ask
