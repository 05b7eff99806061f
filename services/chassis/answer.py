"""Answering asks: takes them from the stream in batches, works them, replies."""

import contextlib
import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
import psycopg
import redis
import redis.exceptions
import sqlalchemy as sa

from services.chassis.ask import Answer, ask_context, reply_context, stream_key
from services.chassis.claim_keeper import ClaimKeeper
from services.chassis.inbox import Inbox
from services.chassis.logs import get_logger
from services.chassis.redis import open_redis
from services.chassis.vault import CannotOpen, Vault

QueryHandler = Callable[[sa.Connection, Sequence[Any]], Sequence[Any]]
"""Answers a batch of one kind, in order; each batch has one connection."""

_GROUP = "service"
_BATCH = 64
_BLOCK_MILLISECONDS = 500
_REDELIVER_MILLISECONDS = 2_000
_REPLY_KEPT_SECONDS = 30
_HOUSEKEEPING_SECONDS = 600.0
_SURELY_OURS_SECONDS = 1.0
"""So long after a batch was taken, what waits in it may have gone to another consumer."""

log = get_logger(__name__)


class CommandContext:
    """What a command's handler may want besides the command."""

    def __init__(self, command_id: str) -> None:
        self.command_id = command_id
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run `act` once the transaction has committed, and not if it rolls back."""
        self._afterwards.append(act)

    def committed(self) -> None:
        for act in self._afterwards:
            act()


CommandHandler = Callable[[sa.Connection, Any, CommandContext], Any]
"""Does one command inside the transaction that also holds its inbox row."""


class _Entry(msgspec.Struct, frozen=True):
    """One ask as it lies in the stream."""

    id: bytes
    kind: str
    command: str
    reply_key: str
    number: int
    expires_at: float  # by time.monotonic()
    sealed: bytes


class _Opened(msgspec.Struct, frozen=True):
    """The questions of one entry: its only one, or those of an `ask_many`."""

    entry: _Entry
    questions: Sequence[Any]
    is_list: bool


class AskServer:
    """Consumers of one service's stream, each a thread with its own connections."""

    def __init__(  # noqa: PLR0913 - a composition root hands over each part by name
        self,
        *,
        stream: str,
        redis_url: str,
        vault: Vault,
        engine: sa.Engine,
        inbox: sa.Table,
        reads: Mapping[type[Any], QueryHandler],
        commands: Mapping[type[Any], CommandHandler],
        consumers: int = 4,
    ) -> None:
        self._stop = threading.Event()
        dispatcher = RequestDispatcher(engine, Inbox(inbox, vault), reads, commands)
        self._keeper = ClaimKeeper(redis_url, stream_key(stream), _GROUP)
        name = f"{socket.gethostname()}-{os.getpid()}"
        workers = [
            Consumer(stream, f"{name}-{n}", redis_url, vault, dispatcher, self._keeper)
            for n in range(consumers)
        ]
        self._threads = [
            threading.Thread(
                target=worker.run, args=(self._stop,), name=f"ask-{stream}-{n}", daemon=True
            )
            for n, worker in enumerate(workers)
        ]

    def start(self) -> None:
        self._keeper.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take nothing new and wait for what is in hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._keeper.stop()


class RequestDispatcher:
    """Runs the handler of each ask, batch by batch. It does not touch Redis."""

    def __init__(
        self,
        engine: sa.Engine,
        inbox: Inbox,
        reads: Mapping[type[Any], QueryHandler],
        commands: Mapping[type[Any], CommandHandler],
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._reads = {kind.__name__: reader for kind, reader in reads.items()}
        self._commands = {kind.__name__: act for kind, act in commands.items()}
        self._decoders = {
            **{kind.__name__: _read_decoder(kind) for kind in reads},
            **{kind.__name__: msgspec.msgpack.Decoder(kind) for kind in commands},
        }

    def knows(self, kind: str) -> bool:
        return kind in self._reads or kind in self._commands

    def decode(self, kind: str, asked: bytes) -> Any:  # noqa: ANN401 - any kind of ask
        """One ask, or a list of questions of this kind. Raises msgspec.MsgspecError."""
        return self._decoders[kind].decode(asked)

    def is_command(self, kind: str) -> bool:
        return kind in self._commands

    def read(self, kind: str, questions: Sequence[Any]) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return self._reads[kind](connection, questions)

    def command(self, kind: str, command_id: str, command: Any) -> bytes:  # noqa: ANN401 - any kind
        """The reply, encoded; the same one for the same command id."""
        context = CommandContext(command_id)
        with self._engine.begin() as connection:
            earlier = self._inbox.reply_of(connection, command_id, kind)
            if earlier is not None:
                return earlier
            reply = msgspec.msgpack.encode(self._commands[kind](connection, command, context))
            self._inbox.keep(connection, command_id, kind, reply)
        context.committed()
        return reply

    def tidy(self) -> None:
        with self._engine.begin() as connection:
            self._inbox.forget_old(connection)


class Consumer:
    """One thread's loop: take a batch, drop what expired, answer questions, then do commands."""

    def __init__(
        self,
        stream: str,
        name: str,
        redis_url: str,
        vault: Vault,
        dispatcher: RequestDispatcher,
        keeper: ClaimKeeper,
    ) -> None:
        self._stream = stream
        self._key = stream_key(stream)
        self._name = name
        self._redis = open_redis(redis_url)
        self._vault = vault
        self._dispatcher = dispatcher
        self._keeper = keeper
        self._next_claim = 0.0
        self._next_tidy = time.monotonic() + _HOUSEKEEPING_SECONDS

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._turn()
            except redis.exceptions.RedisError as fault:
                self._after(fault, stop)
        with contextlib.suppress(redis.exceptions.RedisError):
            self._leave()
        self._redis.close()

    def _after(self, fault: redis.exceptions.RedisError, stop: threading.Event) -> None:
        if "NOGROUP" in str(fault):  # first start, or somebody flushed Redis
            with contextlib.suppress(redis.exceptions.RedisError):
                self._redis.xgroup_create(self._key, _GROUP, id="0", mkstream=True)
            return
        log.warning("redis_away", stream=self._stream, error=type(fault).__name__)
        stop.wait(0.5)

    def _leave(self) -> None:
        # Deleting a consumer drops what is pending for it, so only an idle one goes.
        pending = self._redis.xpending_range(self._key, _GROUP, "-", "+", 1, self._name)
        if not pending:
            self._redis.xgroup_delconsumer(self._key, _GROUP, self._name)

    def _turn(self) -> None:
        raw = self._abandoned() or self._fresh()
        if raw:
            self._work(raw)
        if time.monotonic() > self._next_tidy:
            self._next_tidy = time.monotonic() + _HOUSEKEEPING_SECONDS
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._dispatcher.tidy()

    def _fresh(self) -> list[Any]:
        taken: Any = self._redis.xreadgroup(
            _GROUP, self._name, {self._key: ">"}, count=_BATCH, block=_BLOCK_MILLISECONDS
        )
        return list(taken[0][1]) if taken else []

    def _abandoned(self) -> list[Any]:
        """Asks whose consumer took them and never replied: its process died, or its database."""
        if time.monotonic() < self._next_claim:
            return []
        self._next_claim = time.monotonic() + 1.0
        claimed = self._redis.xautoclaim(
            self._key, _GROUP, self._name, _REDELIVER_MILLISECONDS, "0-0", count=_BATCH
        )
        return [entry for entry in claimed[1] if entry[1]]

    def _work(self, raw: Sequence[Any]) -> None:
        taken_at = time.monotonic()
        by_kind = self._sorted(raw)
        # Questions do not wait for commands.
        for kind in sorted(by_kind, key=self._dispatcher.is_command):
            opened = self._opened(kind, by_kind[kind])
            if self._dispatcher.is_command(kind):
                for ask in opened:
                    self._do(ask.entry, ask.questions[0], taken_at)
            elif opened:
                until = max(ask.entry.expires_at for ask in opened)
                with self._keeper.keeping(self._name, [ask.entry.id for ask in opened], until):
                    self._reply(self._reads(kind, opened))

    def _sorted(self, raw: Sequence[Any]) -> dict[str, list[_Entry]]:
        """What is to be worked, by kind; the rest is dropped or refused here."""
        seconds, microseconds = self._redis.time()
        ahead = seconds + microseconds / 1e6 - time.monotonic()
        by_kind: dict[str, list[_Entry]] = defaultdict(list)
        dropped: list[bytes] = []
        for entry_id, fields in raw:
            entry = _entry(entry_id, fields, ahead)
            if entry is None or entry.expires_at < time.monotonic():
                dropped.append(entry_id)
            else:
                by_kind[entry.kind].append(entry)
        for kind in [kind for kind in by_kind if not self._dispatcher.knows(kind)]:
            self._reply([(e, _failed(e, "UNKNOWN_KIND")) for e in by_kind.pop(kind)])
        self._drop(dropped)
        return by_kind

    def _opened(self, kind: str, entries: Sequence[_Entry]) -> list[_Opened]:
        opened: list[_Opened] = []
        for entry in entries:
            try:
                opened.append(self._open(entry))
            except (CannotOpen, msgspec.MsgspecError) as fault:
                log.warning("ask_unreadable", kind=kind, error=type(fault).__name__)
                self._reply([(entry, _failed(entry, "UNREADABLE"))])
        return opened

    def _open(self, entry: _Entry) -> _Opened:
        context = ask_context(self._stream, entry.kind, entry.command)
        asked = self._dispatcher.decode(entry.kind, self._vault.open(entry.sealed, context=context))
        is_list = isinstance(asked, list)
        return _Opened(entry, asked if is_list else (asked,), is_list)

    def _reads(self, kind: str, opened: Sequence[_Opened]) -> list[tuple[_Entry, Answer]]:
        questions = [question for ask in opened for question in ask.questions]
        try:
            replies = self._dispatcher.read(kind, questions)
        except Exception:
            if len(opened) > 1:  # one bad question must not fail its neighbors
                return [answer for ask in opened for answer in self._reads(kind, [ask])]
            log.exception("ask_failed", kind=kind)
            return [(opened[0].entry, _failed(opened[0].entry, "FAILED"))]
        paired = (reply for _, reply in zip(questions, replies, strict=True))
        return [
            (ask.entry, _answered(ask, list(islice(paired, len(ask.questions))))) for ask in opened
        ]

    def _do(self, entry: _Entry, command: Any, taken_at: float) -> None:  # noqa: ANN401 - any kind
        """Do a command and reply; one left without a reply stays pending and comes again."""
        if time.monotonic() > taken_at + _SURELY_OURS_SECONDS and not self._is_ours(entry):
            return
        with self._keeper.keeping(self._name, [entry.id], entry.expires_at):
            try:
                reply = self._dispatcher.command(entry.kind, entry.command, command)
                answer = Answer(entry.number, None, msgspec.Raw(reply))
            except (sa.exc.OperationalError, psycopg.OperationalError) as fault:
                # Whether it committed is not known: it stays pending, and the inbox will tell.
                log.warning("command_put_off", kind=entry.kind, error=type(fault).__name__)
                return
            except Exception:
                log.exception("ask_failed", kind=entry.kind)
                answer = _failed(entry, "FAILED")
            self._reply([(entry, answer)])

    def _is_ours(self, entry: _Entry) -> bool:
        """Whether it still waits for us, and has not gone to another consumer or expired."""
        pending = self._redis.xpending_range(self._key, _GROUP, entry.id, entry.id, 1, self._name)
        return bool(pending) and entry.expires_at > time.monotonic()

    def _reply(self, answers: Sequence[tuple[_Entry, Answer]]) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            for entry, answer in answers:
                plain = msgspec.msgpack.encode(answer)
                sealed = self._vault.seal(plain, context=reply_context(entry.reply_key))
                pipe.rpush(entry.reply_key, sealed)
                pipe.expire(entry.reply_key, _REPLY_KEPT_SECONDS)
                self._forget(pipe, entry.id)
            pipe.execute()

    def _drop(self, entry_ids: Sequence[bytes]) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            for entry_id in entry_ids:
                self._forget(pipe, entry_id)
            pipe.execute()

    def _forget(self, pipe: redis.client.Pipeline, entry_id: bytes) -> None:
        pipe.xack(self._key, _GROUP, entry_id)
        pipe.xdel(self._key, entry_id)


def _entry(entry_id: bytes, fields: Mapping[bytes, bytes], ahead: float) -> _Entry | None:
    """None when the entry is not one of ours; `ahead`: Redis time less ours, in seconds."""
    try:
        sent_at = int(entry_id.split(b"-")[0])
        return _Entry(
            id=entry_id,
            kind=fields[b"kind"].decode(),
            command=fields[b"command"].decode(),
            reply_key=fields[b"reply"].decode(),
            number=int(fields[b"number"]),
            expires_at=(sent_at + int(fields[b"milliseconds"])) / 1000 - ahead,
            sealed=fields[b"sealed"],
        )
    except (KeyError, ValueError):
        return None


def _read_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:  # noqa: ANN401 - a type at runtime
    return msgspec.msgpack.Decoder(kind | list[kind])


def _answered(ask: _Opened, replies: Sequence[Any]) -> Answer:
    reply = replies if ask.is_list else replies[0]
    return Answer(ask.entry.number, None, msgspec.Raw(msgspec.msgpack.encode(reply)))


def _failed(entry: _Entry, code: str) -> Answer:
    return Answer(entry.number, code, msgspec.Raw(msgspec.msgpack.encode(None)))
