"""The commands by which operators keep senders, against a running service."""

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
    """A command's output, over a service that answers; a refusal is output too."""
    env = {
        "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys, "SECRET_KEY": "s" * 32, "AFTERGLOW_ENV": "production",
    }  # fmt: skip
    parts = open_service(load(RemindersSettings, env))
    parts.server.start()
    yield lambda *words: CliRunner(env=env).invoke(cli, ["senders", *words]).output
    parts.close()


@pytest.fixture
def clinic(engine: sa.Engine, vault: Vault) -> str:
    DueMessages(engine, vault, name="Rowan Clinic")
    return "Rowan Clinic"


def add(run: Run, clinic: str, *more: str) -> str:
    usual = ("--clinic", clinic, "--channel", "sms", "--provider", "twilio")
    return run("add", "+12025550144", *usual, *more)


def test_a_sender_is_added_and_listed(run: Run, clinic: str) -> None:
    added = add(run, clinic, "--account", "AC7", "--country", "PT", "--default")

    assert "+12025550144 (default)\tAC7\tready for production" in added
    assert added in run("list", "--clinic", clinic)


def test_what_production_refuses_says_which_option_mends_it(run: Run, clinic: str) -> None:
    refused = add(run, clinic, "--country", "us")

    assert "--data-agreement" in refused
    assert "+12025550144" not in run("list")


def test_an_unknown_clinic_is_named(run: Run, clinic: str) -> None:
    assert f"There is no clinic “Elm”. Clinics: “{clinic}”." in add(run, "Elm")
