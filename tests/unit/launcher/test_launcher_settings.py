from pathlib import Path

import pytest

from services.chassis.settings import load
from services.launcher.home import Home
from services.launcher.settings import UpSettings, process_environment


def _environment(tmp_path: Path, **environ: str) -> dict[str, str]:
    home = Home(tmp_path / "home")
    return process_environment(load(UpSettings, environ), home, home.secrets(), environ)


def test_everything_runs_without_settings(tmp_path: Path) -> None:
    assert _environment(tmp_path)["GATEWAY_BIND"] == "127.0.0.1:8000"


def test_the_sandbox_carries_messages_in_development(tmp_path: Path) -> None:
    environment = _environment(tmp_path, SANDBOX_BIND="127.0.0.1:9025")
    assert environment["TWILIO_API_URL"] == "http://127.0.0.1:9025"


def test_no_provider_is_made_up_in_production(tmp_path: Path) -> None:
    environment = _environment(tmp_path, AFTERGLOW_ENV="production")
    assert {"SMS_PROVIDERS", "TWILIO_AUTH_TOKEN", "SMTP_URL"}.isdisjoint(environment)


def test_what_the_operator_set_goes_first(tmp_path: Path) -> None:
    assert _environment(tmp_path, SMTP_URL="smtp://mail:25")["SMTP_URL"] == "smtp://mail:25"


def test_a_secret_given_in_a_file_replaces_ours(tmp_path: Path) -> None:
    environment = _environment(tmp_path, SECRET_KEY_FILE="/run/secrets/key")
    assert "SECRET_KEY" not in environment


@pytest.mark.parametrize("path", [".", "elsewhere"])
def test_processes_are_told_the_home_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(Path(path))
    environ = {"AFTERGLOW_HOME": path}
    variables = process_environment(load(UpSettings, environ), home, home.secrets(), environ)
    assert variables["AFTERGLOW_HOME"] == str(tmp_path / path)
