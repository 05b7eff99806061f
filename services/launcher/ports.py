"""Chooses ports, and checks that a port is free."""

import random
import socket

from services.chassis.settings import Bind
from services.launcher.faults import LauncherFault

LOOPBACK = "127.0.0.1"

# Linux and macOS take ports for outgoing connections from above (32768 and 49152), so a port that
# is kept for the next start stays free.
_CHOICES = range(20_000, 32_000)


def is_free(bind: Bind) -> bool:
    """Whether a process could listen there now."""
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind.host, bind.port))
        except OSError:
            return False
    return True


def keep_or_choose(kept: int | None) -> int:
    """Return the last port if it is still free, or another free one."""
    if kept is not None and is_free(Bind(LOOPBACK, kept)):
        return kept
    choices = random.sample(_CHOICES, k=200)
    for port in choices:
        if is_free(Bind(LOOPBACK, port)):
            return port
    raise LauncherFault("No free port was found between 20000 and 32000 on 127.0.0.1.")


def require_free(bind: Bind, *, setting: str, purpose: str) -> None:
    """Raise LauncherFault if somebody else listens there."""
    if is_free(bind):
        return
    other = Bind(bind.host, bind.port + 1 if bind.port < 65_535 else 8_000)  # noqa: PLR2004 - the last port
    raise LauncherFault(
        f"Port {bind.port} on {bind.host}, meant for {purpose}, is in use or not ours to use. "
        f"Stop what uses it, or choose another: {setting}={other}"
    )
