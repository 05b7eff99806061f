"""The rules for reading replies, asked of the content service."""

import threading
from typing import Final

import msgspec
import sqlalchemy as sa

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.logs import get_logger
from services.contracts.content import CurrentReadingRules, GetReadingRules
from services.reading.known_words import known_words
from services.reading.reading import ReplyReader
from services.reminders.check_ins.storage.reading_rules import ReadingRulesRepository
from services.reminders.check_ins.usecases.reply_readers import RulesMissing

_ASK_SECONDS: Final = 2.0
_CHECK_SECONDS: Final = 20.0
"""How often new rules are looked for. Rules that are known are not sent again."""

_AWAY: Final = (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed)

log = get_logger(__name__)


class _Compiled(msgspec.Struct, frozen=True):
    content_hash: str
    reader: ReplyReader


class ReadingRulesSource:
    """Has the reader of replies by the rules of the current release. Threads share it.

    The last good rules are stored, so that replies are read while the content service is away.
    """

    def __init__(self, client: ThreadedAskClient, engine: sa.Engine) -> None:
        self._client = client
        self._engine = engine
        self._compiled: _Compiled | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reading-rules", daemon=True)
        self._was_away = False

    def start(self) -> None:
        """Look for new rules from now on."""
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def reader(self) -> ReplyReader:
        """Return the reader, and load it if it is the first time. Raises RulesMissing."""
        compiled = self._compiled
        if compiled is None:
            self.refresh()
            compiled = self._compiled
        if compiled is None:
            raise RulesMissing
        return compiled.reader

    def refresh(self) -> None:
        """Use the rules of the current release, or the stored ones if nobody answers."""
        with self._lock:
            if self._compiled is None:
                self._use(self._stored())
            current = self._ask()
            if current is not None and self._use(current):
                self._store(current)

    def _use(self, current: CurrentReadingRules | None) -> bool:
        """Read replies by these rules from now on. Returns False if they cannot be used."""
        if current is None or current.rules is None:
            return False
        try:
            reader = ReplyReader(current.rules, known_words())
        except (KeyError, ValueError):  # made for another version of this code
            log.exception("reading_rules_unusable", content_hash=current.content_hash)
            return False
        self._compiled = _Compiled(current.content_hash, reader)
        log.info("reading_rules_used", content_hash=current.content_hash)
        return True

    def _ask(self) -> CurrentReadingRules | None:
        """Return None if the content service is away. That is logged once, not every time."""
        known_hash = self._compiled.content_hash if self._compiled else None
        try:
            current = self._client.ask(GetReadingRules(known_hash=known_hash), timeout=_ASK_SECONDS)
        except _AWAY as fault:
            if not self._was_away:
                log.warning("reading_rules_not_refreshed", error=type(fault).__name__)
            self._was_away = True
            return None
        self._was_away = False
        return current

    def _stored(self) -> CurrentReadingRules | None:
        """Return None if the stored rules have another form, such as one of a newer version."""
        with self._engine.connect() as connection:
            try:
                return ReadingRulesRepository(connection).read()
            except msgspec.DecodeError as fault:
                log.warning("stored_reading_rules_unreadable", error=type(fault).__name__)
                return None

    def _store(self, current: CurrentReadingRules) -> None:
        with self._engine.begin() as connection:
            ReadingRulesRepository(connection).put(current)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.refresh()
            except sa.exc.SQLAlchemyError as fault:
                log.warning("reading_rules_not_stored", error=type(fault).__name__)
            self._stop.wait(_CHECK_SECONDS)
