"""What a command says when a service does not answer it."""

from collections.abc import Callable
from typing import Any

import pytest

from services.chassis.ask import UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
from services.contracts.reminders import ListClinics
from services.launcher import connection
from services.launcher.connection import answers, service_client
from services.launcher.faults import LauncherFault

ENVIRON = {
    "DATABASE_URL": "postgresql:///nowhere",
    "REDIS_URL": "redis://localhost",
    "DATA_KEYS": "1:" + "A" * 43 + "=",
    "INDEX_KEYS": "1:" + "B" * 43 + "=",
    "SECRET_KEY": "a secret of tests that is long enough",
}


class FailingClient:
    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.is_closed = False

    def ask(self, _question: object, *, timeout: float | None = None) -> Any:
        assert timeout is None or timeout > 0
        raise self.fault

    def close(self) -> None:
        self.is_closed = True


Replace = Callable[[Exception], FailingClient]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Replace:
    def replace(fault: Exception) -> FailingClient:
        client = FailingClient(fault)
        monkeypatch.setattr(connection, "ThreadedAskClient", lambda *_: client)
        return client

    return replace


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (UpstreamTimeout("reminders", 5), "The service reminders does not answer."),
        (UpstreamUnavailable("reminders", 1.0), "The service reminders does not answer."),
        (UpstreamFailed("reminders: FAILED"), r"The service failed \(reminders: FAILED\)"),
    ],
)
def test_a_service_that_does_not_answer_is_named(
    failing: Replace, fault: Exception, words: str
) -> None:
    client = failing(fault)

    with pytest.raises(LauncherFault, match=words), service_client(ENVIRON) as asking:
        asking.ask(ListClinics())

    assert client.is_closed


def test_a_service_that_is_away_is_told_from_one_that_answers(failing: Replace) -> None:
    failing(UpstreamTimeout("reminders", 1))

    with service_client(ENVIRON) as client:
        assert not answers(client, ListClinics())
