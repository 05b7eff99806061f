import pytest

from services.reminders.service import main


def test_says_which_settings_are_missing_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({}) == 1

    assert "DATABASE_URL is not set" in capsys.readouterr().err
