"""Runs PostgreSQL in the foreground, on loopback, from the wheel's binaries.

The wheel's own Python code is not used: it trusts every local user, leaves servers behind, and may
end foreign processes because of a stale pid file.
"""

import hashlib
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from services.launcher.child import Program
from services.launcher.embedded.account import Account, account_for, can_run, can_write, run_as
from services.launcher.embedded.binaries import POSTGRES_MAJOR, copy_postgres, find_postgres
from services.launcher.faults import LauncherFault, writing
from services.launcher.ports import LOOPBACK
from services.launcher.processes import command_line, identify, is_alive, wait_until

SHELTER = Path("/var/lib/afterglow")
"""Where root puts files that the server's user cannot reach elsewhere."""

_USER = "afterglow"
_WRONG_PASSWORD = "28P01"  # noqa: S105 - an SQLSTATE

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path has at most 107 bytes, too few for a deep home
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "logging_collector": "off",
    # Statements and error details contain values, which may be personal.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A prepared server. Its data exists, and its user can reach data and programs.

    `notes` are sentences for the operator. Only tests run it without `is_durable`.
    """

    programs: Path
    data: Path
    port: int
    password: str
    account: Account | None
    notes: tuple[str, ...] = ()
    is_durable: bool = True

    def url(self, database: str = "afterglow") -> str:
        return f"postgresql://{_USER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def program(self, rank: int) -> Program:
        settings = _SETTINGS | (_DURABLE if self.is_durable else _DISPOSABLE)
        chosen = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        return Program(
            name="postgres",
            argv=(
                str(self.programs / "postgres"),
                "-D",
                str(self.data),
                "-p",
                str(self.port),
                *chosen,
            ),
            env=_environment(),
            rank=rank,
            ready=self.is_ready,
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, data is written
            stop_timeout=10.0,
            user=self.account.ids if self.account else None,
            advice=f"If the disk that holds {self.data} is full, free some space.",
        )

    def is_ready(self) -> bool:
        """Whether it answers. Raises LauncherFault if the password is wrong."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as refused:
            if refused.sqlstate == _WRONG_PASSWORD or "password authentication failed" in str(
                refused
            ):
                raise LauncherFault(
                    f"PostgreSQL refuses the password in secrets.json. The data in {self.data} was "
                    "made with another one: put that secrets.json back, or move the data away."
                ) from None
            return False
        return True

    def create_database(self, name: str = "afterglow") -> bool:
        """Create the database if it is missing. Returns whether it was."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            existing = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if existing.fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


def prepare(
    folder: Path, *, port: int, password: str, is_durable: bool = True, shelter: Path = SHELTER
) -> Postgres:
    """Prepare to run from `folder`/postgres: find programs and user, and create the data once.

    As root, files that the server's user cannot reach are put under `shelter` instead.
    """
    programs = find_postgres()
    refuge = shelter / hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    base = refuge if (refuge / "postgres").is_dir() else folder
    account = account_for(base / "postgres")
    notes: list[str] = []
    if account and not can_run(account, programs / "postgres"):
        _make_shelter(shelter)
        programs = copy_postgres(programs, shelter)
        notes.append(
            f"User {account.name} cannot reach PostgreSQL's programs: they run from {programs}."
        )
    if account and not can_run(account, base):
        _make_shelter(shelter)
        _make_shelter(refuge)
        base = refuge
        notes.append(f"User {account.name} cannot reach {folder}: PostgreSQL's data is in {base}.")
    server = Postgres(
        programs=programs,
        data=base / "postgres",
        port=port,
        password=password,
        account=account,
        notes=tuple(notes),
        is_durable=is_durable,
    )
    _ready_data(server)
    return server


def _ready_data(server: Postgres) -> None:
    if not server.data.is_dir():
        _create(server)
    if not can_write(server.account, server.data):
        raise LauncherFault(
            f"PostgreSQL may not write in {server.data}. Run as the user it belongs to, or choose "
            "another AFTERGLOW_HOME."
        )
    version = (server.data / "PG_VERSION").read_text().strip()
    if version != str(POSTGRES_MAJOR):
        raise LauncherFault(
            f"The data in {server.data} is of PostgreSQL {version}, the embedded one is "
            f"{POSTGRES_MAJOR}. Run your own PostgreSQL {version} on it and set DATABASE_URL."
        )
    _end_predecessor(server.data)


def _create(server: Postgres) -> None:
    """Run initdb in another folder first, so that incomplete data is never used."""
    beside = server.data.with_name("postgres.new")
    password = server.data.with_name("postgres.password")
    with writing(server.data.parent):
        shutil.rmtree(beside, ignore_errors=True)
        try:
            beside.mkdir(mode=0o700)
            descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(server.password)
            if server.account:
                os.chown(beside, *server.account.ids)
                os.chown(password, *server.account.ids)
            _initdb(server, beside, password)
            beside.replace(server.data)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            password.unlink(missing_ok=True)


def _initdb(server: Postgres, data: Path, password: Path) -> None:
    done = run_as(
        server.account,
        [
            server.programs / "initdb",
            "-D",
            data,
            "-U",
            _USER,
            "--pwfile",
            password,
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if server.is_durable else ["--no-sync"]),
        ],
        _environment(),
    )
    if done.returncode != 0:
        raise LauncherFault(
            f"PostgreSQL could not create its data in {data.parent}: {_reason(done.stderr)}"
        )


def _reason(output: str) -> str:
    """Return the first error in initdb's output, without time and process."""
    if "No space left on device" in output:
        return "the disk is full. Free some space, then start again."
    complaints = (
        line.partition(mark)[2].strip()
        for line in output.splitlines()
        for mark in ("FATAL:", "error:")
        if mark in line
    )
    return next(complaints, output.strip())


def _end_predecessor(data: Path) -> None:
    """End a server that still runs on this data. Removes a pid file of any other process."""
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    process = identify(pid)
    words = command_line(pid)
    is_ours = bool(words) and Path(words[0]).name == "postgres" and str(data) in words
    if process is None or not is_ours:
        file.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        os.kill(pid, number)
        if wait_until(lambda: not is_alive(process), 8.0):
            return
    raise LauncherFault(f"PostgreSQL, process {pid}, still runs on {data} and does not stop.")


def _make_shelter(folder: Path) -> None:
    with writing(folder):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o711)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
