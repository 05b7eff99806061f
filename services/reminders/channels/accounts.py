"""The accounts that a worker's messages go through: the settings' own, and the clinics'."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from services.reminders.channels.channel import Provider
from services.reminders.core.senders import Account

OpenAccount = Callable[[str, str], Provider]
"""Makes the provider of an account, from the account's name and its secret; raises ValueError."""

SECRET_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A plain name: nobody climbs out of the secrets folder with one."""


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
