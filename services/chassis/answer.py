"""Answers asks: takes them from the stream in batches, runs their handlers and replies."""

import contextlib
import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import msgspec
import psycopg
import redis
import redis.exceptions
import sqlalchemy as sa

from services.chassis.ask import Answer
from services.chassis.ask_stream import AskStream, ClaimKeeper, Entry
from services.chassis.inbox import Inbox
from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault

QueryHandler = Callable[[sa.Connection, Sequence[Any]], Sequence[Any]]
"""Answers a batch of questions of one kind, in order, on one connection."""

_HOUSEKEEPING_SECONDS = 600.0
_SURELY_OURS_SECONDS = 1.0
"""After this time another consumer may have taken over the rest of a batch."""

log = get_logger(__name__)


class CommandContext:
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
"""Does a command in the transaction that also stores its inbox row."""


class _Opened(msgspec.Struct, frozen=True):
    """The questions of one entry: its only one, or those of an `ask_many`."""

    entry: Entry
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
        self._keeper = ClaimKeeper(stream, redis_url)
        self._threads: list[threading.Thread] = []
        for n in range(consumers):
            asks = AskStream(stream, f"{socket.gethostname()}-{os.getpid()}-{n}", redis_url, vault)
            run = partial(Consumer(asks, dispatcher, self._keeper).run, self._stop)
            thread = threading.Thread(target=run, name=f"ask-{stream}-{n}", daemon=True)
            self._threads.append(thread)

    def start(self) -> None:
        self._keeper.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more asks, and wait for those being answered."""
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

    def decode(self, kind: str, encoded: bytes) -> Any:  # noqa: ANN401 - any kind of ask
        """One ask, or a list of questions of this kind. Raises msgspec.MsgspecError."""
        return self._decoders[kind].decode(encoded)

    def is_command(self, kind: str) -> bool:
        return kind in self._commands

    def read(self, kind: str, questions: Sequence[Any]) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return self._reads[kind](connection, questions)

    def command(self, kind: str, command_id: str, command: Any) -> bytes:  # noqa: ANN401 - any kind
        """Return the encoded reply, which is the same for the same command id."""
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
    """The loop of one thread: take a batch, answer its questions, then do its commands."""

    def __init__(
        self, stream: AskStream, dispatcher: RequestDispatcher, keeper: ClaimKeeper
    ) -> None:
        self._stream = stream
        self._dispatcher = dispatcher
        self._keeper = keeper
        self._next_tidy = time.monotonic() + _HOUSEKEEPING_SECONDS

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._turn()
            except redis.exceptions.RedisError as fault:
                self._after(fault, stop)
        with contextlib.suppress(redis.exceptions.RedisError):
            self._stream.leave()
        self._stream.close()

    def _after(self, fault: redis.exceptions.RedisError, stop: threading.Event) -> None:
        if "NOGROUP" in str(fault):  # the first start, or Redis was flushed
            with contextlib.suppress(redis.exceptions.RedisError):
                self._stream.create_group()
            return
        log.warning("redis_away", stream=self._stream.name, error=type(fault).__name__)
        stop.wait(0.5)

    def _turn(self) -> None:
        if batch := self._stream.take():
            self._work(batch)
        if time.monotonic() > self._next_tidy:
            self._next_tidy = time.monotonic() + _HOUSEKEEPING_SECONDS
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._dispatcher.tidy()

    def _work(self, batch: Sequence[Any]) -> None:
        taken_at = time.monotonic()
        by_kind = self._by_kind(self._stream.live(batch))
        # Questions do not wait for commands.
        for kind in sorted(by_kind, key=self._dispatcher.is_command):
            opened = self._opened(kind, by_kind[kind])
            if self._dispatcher.is_command(kind):
                for ask in opened:
                    self._do(ask.entry, ask.questions[0], taken_at)
            elif opened:
                until = max(ask.entry.expires_at for ask in opened)
                with self._keeper.keeping(
                    self._stream.consumer, [ask.entry.id for ask in opened], until
                ):
                    self._stream.reply(self._reads(kind, opened))

    def _by_kind(self, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
        """Group entries by kind. Those of an unknown kind are refused."""
        by_kind: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_kind[entry.kind].append(entry)
        for kind in [kind for kind in by_kind if not self._dispatcher.knows(kind)]:
            self._stream.reply([(e, _failed(e, "UNKNOWN_KIND")) for e in by_kind.pop(kind)])
        return by_kind

    def _opened(self, kind: str, entries: Sequence[Entry]) -> list[_Opened]:
        opened: list[_Opened] = []
        for entry in entries:
            try:
                ask = self._dispatcher.decode(kind, self._stream.open(entry))
                is_list = isinstance(ask, list)
                opened.append(_Opened(entry, ask if is_list else (ask,), is_list))
            except (CannotOpen, msgspec.MsgspecError) as fault:
                log.warning("ask_unreadable", kind=kind, error=type(fault).__name__)
                self._stream.reply([(entry, _failed(entry, "UNREADABLE"))])
        return opened

    def _reads(self, kind: str, opened: Sequence[_Opened]) -> list[tuple[Entry, Answer]]:
        questions = [question for ask in opened for question in ask.questions]
        try:
            replies = self._dispatcher.read(kind, questions)
        except Exception:
            if len(opened) > 1:  # one bad question must not fail the others
                return [answer for ask in opened for answer in self._reads(kind, [ask])]
            log.exception("ask_failed", kind=kind)
            return [(opened[0].entry, _failed(opened[0].entry, "FAILED"))]
        paired = (reply for _, reply in zip(questions, replies, strict=True))
        return [
            (ask.entry, _answered(ask, list(islice(paired, len(ask.questions))))) for ask in opened
        ]

    def _do(self, entry: Entry, command: Any, taken_at: float) -> None:  # noqa: ANN401 - any kind
        """Do a command and reply. Without a reply it stays pending and is delivered again."""
        if time.monotonic() > taken_at + _SURELY_OURS_SECONDS and not self._stream.is_ours(entry):
            return
        with self._keeper.keeping(self._stream.consumer, [entry.id], entry.expires_at):
            try:
                reply = self._dispatcher.command(entry.kind, entry.command, command)
                answer = Answer(entry.number, None, msgspec.Raw(reply))
            except (sa.exc.OperationalError, psycopg.OperationalError) as fault:
                # It may have committed. It stays pending, and the inbox has the reply if it did.
                log.warning("command_put_off", kind=entry.kind, error=type(fault).__name__)
                return
            except Exception:
                log.exception("ask_failed", kind=entry.kind)
                answer = _failed(entry, "FAILED")
            self._stream.reply([(entry, answer)])


def _read_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:  # noqa: ANN401 - a type at runtime
    return msgspec.msgpack.Decoder(kind | list[kind])


def _answered(ask: _Opened, replies: Sequence[Any]) -> Answer:
    reply = replies if ask.is_list else replies[0]
    return Answer(ask.entry.number, None, msgspec.Raw(msgspec.msgpack.encode(reply)))


def _failed(entry: Entry, code: str) -> Answer:
    return Answer(entry.number, code, msgspec.Raw(msgspec.msgpack.encode(None)))
