"""The user that PostgreSQL runs as. It refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.launcher.faults import LauncherFault

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def account_for(data: Path) -> Account | None:
    """Return the user to run as, or None to stay who we are, unless we are root.

    Existing data keeps its owner.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LauncherFault(
        "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor "
        "nobody to run it as. Start Afterglow as another user, or set DATABASE_URL."
    )


def can_run(account: Account | None, binary: Path) -> bool:
    return _passes(account, 'test -x "$1"', binary)


def can_write(account: Account | None, folder: Path) -> bool:
    return _passes(account, 'test -w "$1" && test -x "$1"', folder)


def _passes(account: Account | None, condition: str, path: Path) -> bool:
    """Ask the system, which knows the modes of all parents, access lists and mounts."""
    return run_as(account, ["/bin/sh", "-c", condition, "sh", path]).returncode == 0


def run_as(
    account: Account | None,
    argv: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program as this user, and return its status and output."""
    uid, gid = account.ids if account else (None, None)
    return subprocess.run(  # noqa: S603 - our own programs; a path is one argument
        argv,
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
        cwd="/",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
