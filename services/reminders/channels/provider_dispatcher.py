"""Sends many messages to providers at once, for a caller that is not a coroutine."""

import asyncio
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvloop

from services.chassis.logs import get_logger
from services.reminders.channels.channel import Provider
from services.reminders.core.senders import Account
from services.reminders.delivery.domain.outgoing import (
    Envelope,
    Failure,
    Outcome,
    RejectedForNow,
    TooLate,
    Unknown,
)

log = get_logger(__name__)

_CLOSE_SECONDS = 3.0
_NO_OUTCOME = "INTERNAL_ERROR"


OpenAccount = Callable[[str, str], Provider]
"""Makes the provider of an account, from the account's name and its secret; raises ValueError."""

SECRET_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A plain file name, so that it cannot lead out of the secrets folder (no path traversal)."""


class CannotOpenAccount(Exception):
    """A sender's account cannot be used on this machine; the text says what to do."""


class Accounts:
    """Opens a clinic's account when it is first needed, and keeps it.

    A secret that changes is read again by the next process. Must be used on one event loop.
    """

    def __init__(
        self,
        defaults: Mapping[str, Provider],
        openers: Mapping[str, OpenAccount],
        secrets_folder: Path,
    ) -> None:
        self._defaults = dict(defaults)
        self._openers = dict(openers)
        self._folder = secrets_folder
        self._opened: dict[tuple[str, Account], Provider] = {}

    def of(self, provider: str, account: Account | None) -> Provider:
        """Raises CannotOpenAccount."""
        if account is None:
            if provider not in self._defaults:
                raise CannotOpenAccount(f"the settings name no account with {provider}")
            return self._defaults[provider]
        key = provider, account
        if key not in self._opened:
            self._opened[key] = self._open(provider, account)
        return self._opened[key]

    def _open(self, provider: str, account: Account) -> Provider:
        if provider not in self._openers:
            raise CannotOpenAccount(f"this worker does not use {provider}")
        if not SECRET_FILE.fullmatch(account.secret_file):
            raise CannotOpenAccount(f"{account.secret_file} is no name of a file")
        try:
            secret = (self._folder / account.secret_file).read_text("utf-8").strip()
            return self._openers[provider](account.name, secret)
        except OSError as fault:
            raise CannotOpenAccount(f"{account.secret_file}: {fault.strerror}") from None
        except ValueError as fault:  # its text may quote the secret
            name = type(fault).__name__
            raise CannotOpenAccount(f"{account.secret_file} holds no secret: {name}") from None

    async def close(self) -> None:
        for provider in (*self._defaults.values(), *self._opened.values()):
            await provider.close()
        self._opened.clear()


class AsyncProviderDispatcher:
    """Runs the providers' connections on an event loop in a thread of its own.

    The loop runs all the time, so a connection that a provider closes is noticed at once and not
    used again.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="providers", daemon=True
        )
        self._thread.start()

    def deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Send all at once. Returns the outcomes in order, and never raises."""
        return asyncio.run_coroutine_threadsafe(self._deliver(envelopes), self._loop).result()

    async def _deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        return await asyncio.gather(*(self._send(envelope) for envelope in envelopes))

    async def _send(self, envelope: Envelope) -> Outcome:
        try:
            provider = self._accounts.of(envelope.provider, envelope.account)
        except CannotOpenAccount as fault:
            log.warning("account_not_usable", provider=envelope.provider, reason=str(fault))
            return RejectedForNow("ACCOUNT_NOT_USABLE", failure=Failure.NOT_ALLOWED)
        has_left = False

        def leaving() -> None:
            nonlocal has_left
            envelope.leaving()
            has_left = True

        try:
            return await provider.send(envelope.message, leaving)
        except TooLate:
            return RejectedForNow("TOO_LATE", failure=Failure.WITHHELD)
        except Exception:
            log.exception("provider_failed", provider=envelope.provider)
            # Before it left, it is this message's own fault: it spends its tries and then ends.
            return Unknown(_NO_OUTCOME) if has_left else RejectedForNow(_NO_OUTCOME)
        finally:
            envelope.answered()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._accounts.close(), self._loop).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
