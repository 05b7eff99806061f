"""Three hundred messages fall due while one process after another is killed."""

import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.redis import open_redis
from tests.support.gateway.graphql import ENROLL, REGISTER, Gateway, consents
from tests.support.processes.operator_actions import rows, set_faults
from tests.support.processes.stack import Stack
from tests.support.waiting import eventually

PATIENTS = 300
IN_FLIGHT_LIMIT = 16  # attempts a process may have open, so what a kill can leave unknown


@dataclass(frozen=True)
class Outcome:
    """Texts by number at the provider, messages by state, and how many were ever unknown."""

    texts: Counter[str]
    states: Counter[str]
    seen_unknown: int
    killed_workers: int


@pytest.fixture(scope="module")
def outcome() -> Iterator[Outcome]:
    with Stack() as stack:
        _enroll(stack)
        set_faults(stack, delayMs=40, seed=1)
        _fall_due(stack)
        _kill_one_after_another(stack)
        assert eventually(lambda: _unsettled(stack) == 0, within=60), _states(stack)
        texts = Counter(message["to"] for message in stack.messages(channel="SMS"))
        unknown = rows(
            stack,
            "select count(distinct outbound_id) from reminders.decision where code = 'UNKNOWN'",
        )
        yield Outcome(texts, _states(stack), unknown[0][0], killed_workers=1)


def test_each_message_is_at_the_provider_exactly_once(outcome: Outcome) -> None:
    assert outcome.texts == Counter(_phone(n) for n in range(PATIENTS))


def test_each_message_ends_delivered(outcome: Outcome) -> None:
    assert outcome.states == Counter({"DELIVERED": PATIENTS})


def test_no_more_than_a_killed_workers_open_attempts_were_ever_unknown(outcome: Outcome) -> None:
    assert outcome.seen_unknown <= IN_FLIGHT_LIMIT * outcome.killed_workers


def _enroll(stack: Stack) -> None:
    """300 patients whose first message is due at the same hour, four weeks from now."""
    gateway = Gateway(stack.graphql_url, stack.key)
    procedure_at = (stack.clock().product + timedelta(days=30)).replace(hour=12, minute=0)

    def enroll(number: int) -> None:
        patient = gateway.data(REGISTER, input=_patient(number))["registerPatient"]
        assert patient["userErrors"] == []
        enrolled = gateway.data(
            ENROLL,
            input={
                "idempotencyKey": f"enroll-{number}",
                "patientId": patient["patient"]["id"],
                "plan": "microneedling-aftercare",
                "procedureAt": procedure_at.astimezone(UTC).isoformat(),
            },
        )["enrollPatient"]
        assert enrolled["userErrors"] == []

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enroll, range(PATIENTS)))


def _patient(number: int) -> dict[str, Any]:
    return {
        "idempotencyKey": f"patient-{number}",
        "phone": _phone(number),
        "isAdult": True,
        "consents": consents("SMS"),
    }


def _phone(number: int) -> str:
    return f"+1202555{number + 1000:04}"


def _fall_due(stack: Stack) -> None:
    """Move time to where the first step of every enrollment is due and no other."""
    first, last = rows(
        stack,
        "select min(due_at), max(due_at) from reminders.outbound where step_key = "
        "(select step_key from reminders.outbound order by due_at limit 1)",
    )[0]
    assert last - first < timedelta(hours=1)
    now: datetime = stack.clock().product
    stack.advance(last - now + timedelta(seconds=1))


def _kill_one_after_another(stack: Stack) -> None:
    _await_texts(stack, 20)
    stack.signal("worker-sms", signal.SIGKILL)
    _await_texts(stack, 40)
    stack.signal("dispatcher", signal.SIGKILL)
    _await_texts(stack, 60)
    with open_redis(stack.settings["REDIS_URL"]) as client:
        client.flushall()
    _await_texts(stack, 80)
    stack.signal("valkey", signal.SIGKILL)


def _await_texts(stack: Stack, count: int) -> None:
    assert eventually(lambda: len(stack.messages(channel="SMS")) >= count)


def _states(stack: Stack) -> Counter[str]:
    """By state, the messages that were due."""
    counts = rows(
        stack,
        "select state, count(*) from reminders.outbound"
        " where due_at <= chassis.product_now() group by state",
    )
    return Counter({row.state: row.count for row in counts})


def _unsettled(stack: Stack) -> int:
    states = _states(stack)
    return sum(states[state] for state in ("SCHEDULED", "QUEUED", "SENDING", "UNKNOWN", "ACCEPTED"))
