"""One PostgreSQL and one Valkey for a whole test run, whoever of its processes asks first.

A process of its own (this module, run) starts and stops them. It ends when the run's lock on the
file `alive` is released, and the kernel releases that however the run ends.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from services.launcher.database import migrate_all
from services.launcher.embedded import postgres, valkey
from services.launcher.faults import LauncherFault
from services.launcher.output import Output
from services.launcher.ports import keep_or_choose
from services.launcher.processes import identify, wait_until
from services.launcher.supervisor import Supervisor

RUN = "AFTERGLOW_TEST_RUN"
_TEMPLATE = "template_afterglow"

# Whoever a test left connected is sent away first: a lock of theirs would stop the emptying.
_EMPTY = """
DO $$
DECLARE
  place record;
  is_filled boolean;
BEGIN
  PERFORM set_config('reminders.retention', 'on', true);  -- else nobody may empty the audit
  PERFORM pg_terminate_backend(pid, 2000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  FOR place IN
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname IN ('content', 'reminders', 'gateway') AND tablename <> 'migration'
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || place.name || ')' INTO is_filled;
    IF is_filled THEN
      EXECUTE 'TRUNCATE ' || place.name || ' RESTART IDENTITY CASCADE';
    END IF;
  END LOOP;
  UPDATE chassis.clock SET product_at = now(), real_at = now(), rate = 1;
END $$
"""


class Servers(msgspec.Struct, frozen=True):
    pid: int
    postgres_url: str  # ends in a slash: a database's name follows
    redis_url: str  # likewise: a number follows


class Run:
    """The run as the process that controls it sees it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="afterglow-tests-"))
        self.folder.chmod(0o711)  # the database server's user passes through
        self._alive = (self.folder / "alive").open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        os.environ[RUN] = str(self.folder)

    def end(self) -> None:
        servers = _started_servers(self.folder)
        self._alive.close()
        if servers is not None:
            wait_until(lambda: identify(servers.pid) is None, 20.0)
        shutil.rmtree(self.folder, ignore_errors=True)


def servers() -> Servers:
    """The run's servers; the first to ask starts them."""
    folder = Path(os.environ[RUN])
    with _locked(folder / "starting"):
        started = _started_servers(folder)
        if started is None:
            _launch(folder)
            started = _started_servers(folder)
    assert started is not None, f"the test servers did not start: {(folder / 'log').read_text()}"
    return started


def empty_database(name: str) -> str:
    """Hand out the migrated database of this name with nothing in it; its url.

    Emptying what was filled takes 20 ms where a new copy of the template takes 150.
    """
    base = servers().postgres_url
    with psycopg.connect(base + "postgres", autocommit=True) as admin:
        existing = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if existing.fetchone() is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE)
                )
            )
            return base + name
    with psycopg.connect(base + name, autocommit=True) as connection:
        connection.execute(_EMPTY)
    return base + name


def _launch(folder: Path) -> None:
    with (folder / "log").open("w") as log:
        runner = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "tests.support.processes.servers", str(folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
    wait_until(lambda: _started_servers(folder) is not None or runner.poll() is not None, 90.0)
    runner.returncode = runner.returncode or 0  # it outlives this process, and that is no leak


def _started_servers(folder: Path) -> Servers | None:
    try:
        return msgspec.json.decode((folder / "servers.json").read_bytes(), type=Servers)
    except FileNotFoundError:
        return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _serve(folder: Path) -> None:
    database = postgres.prepare(
        folder, port=keep_or_choose(None), password="test", is_durable=False,
        shelter=folder / "shelter",
    )  # fmt: skip
    redis = valkey.prepare(folder, port=keep_or_choose(None), password="test", databases=64)
    supervisor = Supervisor(Output(folder))
    try:
        supervisor.start([database.program(rank=0), redis.program(rank=1)])
        database.create_database(_TEMPLATE)
        migrate_all(database.url(_TEMPLATE))
        addresses = Servers(os.getpid(), database.url(""), redis.url(0).removesuffix("0"))
        beside = folder / "servers.new"
        beside.write_bytes(msgspec.json.encode(addresses))
        beside.replace(folder / "servers.json")
        with _locked(folder / "alive"):
            pass
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        _serve(Path(sys.argv[1]))
    except LauncherFault as fault:
        sys.exit(str(fault))
