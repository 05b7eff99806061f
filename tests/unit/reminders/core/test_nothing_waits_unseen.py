"""Whatever is rung for has a worker, and whatever holds a message has words for it."""

import pytest

from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.launcher.programs import CHANNELS, worker_program
from services.reminders.core.decisions import SENTENCES
from services.reminders.core.senders import Lack
from services.reminders.delivery.domain.fallback import FALLBACKS
from services.reminders.delivery_wiring import queue_of
from services.reminders.enrollments.domain.holding import holding
from services.reminders.setting_values import PROVIDERS
from tests.support.due_messages import LONG_AGO

HOLDS = ("PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP", "HELD", "AWAITING_STAFF", *map(str, Lack))


def test_every_queue_has_a_worker() -> None:
    rung = {queue_of(channel) for channel in PROVIDERS}

    assert rung == {queue_of(Channel(name.upper())) for name in CHANNELS}
    assert all(name in worker_program(name, 1, {}).argv for name in CHANNELS)


def test_a_channel_that_another_falls_back_to_has_a_worker() -> None:
    assert set(FALLBACKS.values()) <= set(PROVIDERS)


@pytest.mark.parametrize("reason", HOLDS)
def test_every_reason_to_hold_is_said_in_words(reason: str) -> None:
    held = holding(ReminderStatus.SCHEDULED, reason, LONG_AGO)

    assert held is not None
    assert held.text


@pytest.mark.parametrize("code", ["FALLBACK", "LOOP_STOPPED"])
def test_what_delivery_decides_by_itself_is_said_in_words(code: str) -> None:
    assert SENTENCES[code]
