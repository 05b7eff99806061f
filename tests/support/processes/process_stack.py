"""PostgreSQL, Valkey and processes of ours, each of which can be killed and started again.

Unlike in `Stack` nothing here restarts by itself: a test that kills a process starts it again.
"""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from services.chassis.settings import Bind
from services.chassis.vault import Vault
from services.launcher.child import Program
from services.launcher.database import migrate_all
from services.launcher.embedded import postgres, valkey
from services.launcher.ports import keep_or_choose
from services.launcher.processes import signal_group, wait_until
from services.launcher.programs import command

ROOT = Path(__file__).parents[3]
_READY_SECONDS = 60.0
_STOP_SECONDS = 16.0  # a send in hand may take 10
_KEYS = {"d": "DATA_KEYS", "i": "INDEX_KEYS"}


class Seat:
    """One process at a time of one program; its output is kept beside the processes."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0

    @property
    def output(self) -> str:
        """Return what the process wrote since its last start."""
        return self.log.read_bytes()[self._log_begins :].decode(errors="replace")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> Self:
        uid, gid = self.program.user or (None, None)
        with self.log.open("ab") as output:
            self._log_begins = output.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                self.program.argv, env=dict(self.program.env), user=uid, group=gid,
                extra_groups=None if uid is None else [], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/" if uid else ROOT,
            )  # fmt: skip
        return self

    def wait_ready(self) -> Self:
        ready = self.program.ready
        if ready is not None:
            assert wait_until(lambda: not self.is_running or ready(), _READY_SECONDS)
            assert self.is_running, self.log.read_text()
        return self

    def send(self, number: signal.Signals) -> None:
        if self.is_running:
            os.kill(self.pid, number)

    def end(self, number: signal.Signals = signal.SIGKILL, *, within: float = 20.0) -> None:
        """Signal it and see it end; what it leaves in its process group is killed too."""
        if self._process is None:
            return
        self.send(number)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGCONT)
            self.send(signal.SIGKILL)
            self._process.wait(10)
        signal_group(self.pid, signal.SIGKILL)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def megabytes(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far; proc(5), fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class ProcessStack:
    """Use it in a `with` statement, so that nothing of it stays."""

    def __init__(self, *, is_durable: bool = True, **postgres_settings: str) -> None:
        # not below pytest's tmp_path: as root, the database's own user could not reach that
        self.root = Path(tempfile.mkdtemp(prefix="afterglow-processes-"))
        self.root.chmod(0o711)
        self.home = self.root / "home"
        self.home.mkdir()
        self._is_durable = is_durable
        self._postgres_settings = postgres_settings
        self.seats: dict[str, Seat] = {}
        self.gateway, self.sandbox, self.smtp = (f"127.0.0.1:{keep_or_choose(None)}" for _ in "123")
        self.env: dict[str, str] = {}
        self.postgres_url = ""
        self.redis_url = ""

    def __enter__(self) -> Self:
        try:
            self._start_servers()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for seat in reversed(self.seats.values()):
            seat.send(signal.SIGCONT)
            seat.end(seat.program.stop_signal, within=_STOP_SECONDS)
        shutil.rmtree(self.root)

    @property
    def vault(self) -> Vault:
        return Vault.from_settings(self.env["DATA_KEYS"], self.env["INDEX_KEYS"])

    def seat(self, name: str, argv: tuple[str, ...], **env: str) -> Seat:
        """A place for a process of ours; not started yet."""
        program = Program(name=name, argv=argv, env=self.env | env, rank=9)
        return self._add(program)

    def afterglow(self, name: str, *words: str, **env: str) -> Seat:
        """The same for an `afterglow` command."""
        return self.seat(name, command(*words), **env)

    def _start_servers(self) -> None:
        database = postgres.prepare(
            self.root, port=keep_or_choose(None), password="test", is_durable=self._is_durable,
            shelter=self.root / "shelter",
        )  # fmt: skip
        redis = valkey.prepare(self.root, port=keep_or_choose(None), password="test")
        self._add(self._tuned(database.program(0))).start()
        self._add(redis.program(1)).start()
        self.seats["postgres"].wait_ready()
        self.seats["valkey"].wait_ready()
        database.create_database()
        self.postgres_url, self.redis_url = database.url(), redis.url()
        migrate_all(self.postgres_url)
        self.env = self._environment()

    def _tuned(self, program: Program) -> Program:
        more = (f"-c{name}={value}" for name, value in self._postgres_settings.items())
        return replace(program, argv=(*program.argv, *more))

    def _add(self, program: Program) -> Seat:
        seat = Seat(program, self.root / f"{program.name}.log")
        self.seats[program.name] = seat
        return seat

    def _environment(self) -> dict[str, str]:
        keys = {
            name: f"{prefix}1:" + base64.b64encode(prefix.encode() * 32).decode()
            for prefix, name in _KEYS.items()
        }
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "AFTERGLOW_HOME": str(self.home),
            "DATABASE_URL": self.postgres_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "s" * 32,
            "PUBLIC_URL": f"http://{self.gateway}",
            "GATEWAY_BIND": self.gateway,
            "GATEWAY_PROCESSES": "1",
            "SANDBOX_BIND": self.sandbox,
            "SANDBOX_SMTP_BIND": self.smtp,
            "SMS_PROVIDERS": "twilio",
            "EMAIL_PROVIDERS": "smtp",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_FROM": "+12025550100",
            "TWILIO_API_URL": f"http://{self.sandbox}",
            "SMTP_URL": f"smtp://{self.smtp}",
            "EMAIL_FROM": "care@clinic.example",
        } | keys


def listens(bind: str) -> Callable[[], bool]:
    """Whether something accepts connections at host:port."""
    where = Bind.parse(bind)

    def answers() -> bool:
        try:
            socket.create_connection((where.host, where.port), timeout=1).close()
        except OSError:
            return False
        return True

    return answers


def python(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)
