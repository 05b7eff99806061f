"""Every queue that is filled has a worker."""

from services.contracts.catalog import Channel
from services.launcher.programs import CHANNELS, worker_program
from services.reminders.delivery.domain.retry import FALLBACKS
from services.reminders.delivery_wiring import queue_of
from services.reminders.setting_values import PROVIDERS


def test_every_queue_has_a_worker() -> None:
    filled = {queue_of(channel) for channel in PROVIDERS}

    assert filled == {queue_of(Channel(name.upper())) for name in CHANNELS}
    assert all(name in worker_program(name, 1, {}).argv for name in CHANNELS)


def test_a_channel_that_another_falls_back_to_has_a_worker() -> None:
    assert set(FALLBACKS.values()) <= set(PROVIDERS)
