"""A worker that loses database and Redis in the middle of a batch, and comes back later."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.words import ReminderStatus
from services.reminders.database.tables import outbound
from tests.chaos.process import LEASE_SECONDS
from tests.support.processes.http_provider import CREATED, HttpProvider, Reply
from tests.support.processes.tcp_proxy import TcpProxy
from tests.support.processes.worker_process import Process, stopping
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.waiting import eventually

MESSAGES = 150
_RUN = "import sys; from tests.chaos.process import main; raise SystemExit(main({role!r}))"


def unhurried(_: dict[str, str]) -> Reply:
    time.sleep(0.05)
    return CREATED


@pytest.mark.parametrize("break_line", [TcpProxy.cut, TcpProxy.refuse], ids=["silent", "reset"])
def test_a_worker_that_was_cut_off_doubles_and_loses_nothing(
    engine: sa.Engine,
    vault: Vault,
    environ: dict[str, str],
    provider: HttpProvider,
    tmp_path: Path,
    break_line: Callable[[TcpProxy], None],
) -> None:
    load = Load(DueMessages(engine, vault), MESSAGES)
    load.remind()
    provider.answer = unhurried
    with (
        proxy_to(environ["DATABASE_URL"]) as database,
        proxy_to(environ["REDIS_URL"]) as redis,
        stopping(start("dispatcher", environ, tmp_path)),
    ):
        apart = environ | {
            "DATABASE_URL": through(database, environ["DATABASE_URL"]),
            "REDIS_URL": through(redis, environ["REDIS_URL"]),
        }
        with stopping(start("worker", apart, tmp_path)):
            assert eventually(lambda: len(provider.received) >= 40)
            for line in (database, redis):
                break_line(line)
            with stopping(start("worker", environ, tmp_path)):
                time.sleep(2 * LEASE_SECONDS)
                for line in (database, redis):
                    line.heal()
                assert eventually(lambda: is_settled(load) and len(arrivals(provider)) == MESSAGES)

    assert arrivals(provider) == Counter(person.phone for person in load.people)


def proxy_to(url: str) -> TcpProxy:
    parts = urlsplit(url)
    return TcpProxy(parts.hostname or "", parts.port or 0)


def through(proxy: TcpProxy, url: str) -> str:
    return url.replace(f":{urlsplit(url).port}/", f":{proxy.port}/")


def start(role: str, environ: dict[str, str], home: Path) -> Process:
    """With the short leases of the chaos plan."""
    return Process(_RUN.format(role=role), environ, home / f"{role}.log")


def arrivals(provider: HttpProvider) -> Counter[str]:
    return Counter(form["To"] for form in provider.received)


def is_settled(load: Load) -> bool:
    """Unknown is what took too long: it must have arrived all the same."""
    settled = {ReminderStatus.ACCEPTED, ReminderStatus.UNKNOWN}
    return {row.state for row in load.due.rows_of(outbound)} <= settled
