"""Asking: the words and the caller's half. The answering half is services.chassis.answer.

An ask is an entry of a Redis stream, sealed; its reply comes on a list of the asking process.
The deadline is a duration: the answering side judges it as Redis time minus the entry's own id,
so no two clocks need to agree, and an expired ask is dropped unworked.
"""

import asyncio
import itertools
import threading
import uuid
from collections.abc import Coroutine
from functools import cache
from typing import Any, Protocol, TypeVar

import msgspec
import redis.exceptions

from services.chassis.redis import open_async_redis
from services.chassis.tasks import end
from services.chassis.vault import CannotOpen, Vault

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

MAX_WAITING = 1024
"""Asks a stream holds before it refuses; at 2,000 a second that is half a second of work."""

_REPLY_READ_SECONDS = 1.0

# XADD unless full, in one step: two callers must not both see the last free place.
_ADD = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
"""


class Question(Protocol[R_co]):
    """What can be asked: a struct that knows the type of its answer."""

    @classmethod
    def reply_type(cls) -> type[R_co]: ...


class UpstreamTimeout(Exception):
    """No reply in time. A command may have been done all the same: ask again with its id."""


class UpstreamUnavailable(Exception):
    """Refused before any work; `retry_after` in seconds."""

    def __init__(self, stream: str, retry_after: float) -> None:
        super().__init__(f"{stream} takes no more asks now")
        self.retry_after = retry_after


class UpstreamFailed(Exception):
    """The service tried and failed; its log says why, under the id named here."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What travels back: `failure` is None, or a code and nothing personal."""

    request: int
    failure: str | None
    reply: msgspec.Raw


def stream_key(stream: str) -> str:
    return f"ask:{stream}"


def ask_context(stream: str, kind: str, command_id: str) -> str:
    """What a sealed ask is bound to: it cannot be replayed as another kind or command."""
    return f"ask.{stream}.{kind}.{command_id}"


def reply_context(reply_key: str) -> str:
    return f"reply.{reply_key}"


@cache
def _decoder(kind: type[Question[R]]) -> msgspec.msgpack.Decoder[R]:
    return msgspec.msgpack.Decoder(kind.reply_type())


class AskClient:
    """The one asker of a process; belongs to the event loop it was started on."""

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
        stream: str,
        question: Question[R],
        *,
        timeout: float = 3.0,  # noqa: ASYNC109 - part of the question: the answering side judges it
        command_id: str | None = None,
    ) -> R:
        """Ask and wait at most `timeout` seconds.

        Raises UpstreamTimeout, UpstreamUnavailable or UpstreamFailed. A command asked again with
        the same `command_id` is done once and answered alike.
        """
        number = next(self._numbers)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            async with asyncio.timeout(timeout):
                await self._send(stream, question, number, timeout, command_id)
                answer = await answered
        except TimeoutError:
            raise UpstreamTimeout(f"{stream} did not answer in {timeout:g} s") from None
        finally:
            del self._waiting[number]
        if answer.failure:
            raise UpstreamFailed(f"{stream}: {answer.failure}")
        reply: R = _decoder(type(question)).decode(answer.reply)
        return reply

    async def _send(
        self,
        stream: str,
        question: Question[Any],
        number: int,
        seconds: float,
        command_id: str | None,
    ) -> None:
        kind = type(question).__name__
        command = command_id or uuid.uuid4().hex
        context = ask_context(stream, kind, command)
        sealed = self._vault.seal(msgspec.msgpack.encode(question), context=context)
        fields: dict[str, Any] = {
            "kind": kind,
            "command": command,
            "reply": self._reply_key,
            "number": number,
            "milliseconds": int(seconds * 1000),
            "sealed": sealed,
        }
        flat = tuple(itertools.chain.from_iterable(fields.items()))
        try:
            entry = await self._add(stream, flat)
        except redis.exceptions.RedisError:
            raise UpstreamUnavailable(stream, 1.0) from None
        if entry is None:
            raise UpstreamUnavailable(stream, 1.0)

    async def _add(self, stream: str, fields: tuple[Any, ...]) -> Any:  # noqa: ANN401 - an id or None
        """Add the ask; once more when a connection turns out to be dead, as all do after a restart.

        An ask that was added twice changes nothing: the inbox and the waiting list see to that.
        """
        try:
            return await self._redis.eval(
                _ADD, 1, stream_key(stream), str(self._max_waiting), *fields
            )
        except redis.exceptions.ConnectionError:
            await self._redis.connection_pool.disconnect(inuse_connections=False)
        return await self._redis.eval(_ADD, 1, stream_key(stream), str(self._max_waiting), *fields)

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
            return  # not from one of ours; whoever waits will time out
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
        self._client = self._run(_started(redis_url, vault))

    def ask(
        self,
        stream: str,
        question: Question[R],
        *,
        timeout: float = 3.0,
        command_id: str | None = None,
    ) -> R:
        """As AskClient.ask; blocks the calling thread."""
        return self._run(self._client.ask(stream, question, timeout=timeout, command_id=command_id))

    def close(self) -> None:
        self._run(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _started(redis_url: str, vault: Vault) -> AskClient:
    client = AskClient(redis_url, vault)
    await client.start()
    return client
