"""The commands that say whom a clinic alerts, against a running service."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from services.chassis.settings import load
from services.chassis.vault import Vault
from services.launcher.main import cli
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service
from tests.support.reminders.due_messages import DueMessages

Run = Callable[..., str]


@pytest.fixture
def run(postgres_url: str, redis_url: str, data_keys: str, index_keys: str) -> Iterator[Run]:
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32,
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()
    yield lambda *words: CliRunner(env=env).invoke(cli, ["clinics", *words]).output
    parts.close()


@pytest.fixture
def clinic(engine: sa.Engine, vault: Vault) -> str:
    DueMessages(engine, vault, name="Rowan Clinic")
    return "Rowan Clinic"


def test_people_to_alert_are_added_listed_masked_and_removed(run: Run, clinic: str) -> None:
    reception = run("alerts", "add", clinic, "+12025550144", "--label", "front desk")
    night = run("alerts", "add", clinic, "dr@rowan.example", "--tier", "1", "--hours",
                "out-of-hours")  # fmt: skip

    assert reception.split("\t")[1:] == [
        "at once", "always", "SMS", "+120•••••144", "front desk", "not confirmed yet\n",
    ]  # fmt: skip
    assert run("alerts", "list", clinic) == reception + night
    assert run("alerts", "remove", clinic, reception.split("\t")[0]) == f"removed: {reception}"
    assert run("alerts", "list", clinic) == night


def test_a_test_says_how_many_are_tried_or_what_to_do_first(run: Run, clinic: str) -> None:
    nobody = run("test-alert", clinic)
    run("alerts", "add", clinic, "+12025550144")

    assert "clinics alerts add" in nobody
    assert run("test-alert", clinic).startswith("1 on their way")
