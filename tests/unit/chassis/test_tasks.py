import asyncio
import contextlib

import pytest

from services.chassis import tasks


def test_ends_a_task_that_takes_the_first_cancellation_for_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "_PATIENCE_SECONDS", 0.01)

    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def run() -> bool:
        task = asyncio.create_task(deaf())
        await asyncio.sleep(0)
        await tasks.end(task)
        return task.cancelled()

    assert asyncio.run(run())


def test_a_task_that_failed_does_not_keep_the_others_from_ending() -> None:
    async def fail() -> None:
        raise LookupError

    async def run() -> bool:
        other = asyncio.create_task(asyncio.sleep(60))
        failed = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await tasks.end(failed, other)
        return other.cancelled()

    assert asyncio.run(run())
