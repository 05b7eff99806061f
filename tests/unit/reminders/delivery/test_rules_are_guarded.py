"""Each rule of when and what to send, broken in turn: the promises must notice.

A rule that can be taken out without a test failing is a rule that nobody keeps.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.durations import parse_duration
from services.contracts.words import MessageDetail
from services.reminders.core import visits, windows
from services.reminders.core.message_text import RenderedMessage, StepText
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.visits import VisitMessage
from services.reminders.delivery.domain import dispatch
from services.reminders.enrollments.domain import schedule
from services.reminders.enrollments.domain.schedule import ProcedureTimes
from services.reminders.rendering.renderer import render_together
from tests.support.reminders import in_memory_delivery
from tests.support.reminders.care_promises import (
    PINNED,
    Scenario,
    life_faults,
    plan_faults,
    quiet_life_faults,
    scenarios,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
Patch = pytest.MonkeyPatch


def windows_only_when_planning(patch: Patch) -> None:
    patch.setattr(dispatch, "_opening", lambda at, _window: at)


def no_daily_cap(patch: Patch) -> None:
    patch.setattr(dispatch, "_is_over_cap", lambda _facts, _policy: False)


def late_steps_always_sent(patch: Patch) -> None:
    patch.setattr(schedule, "_late", lambda *_: Reason.LATE_SENT_NOW)


def second_of_a_repeated_hour(patch: Patch) -> None:
    def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, at.replace(fold=1), tzinfo=zone).astimezone(UTC)

    patch.setattr(schedule, "instant", instant)


def back_over_a_skipped_hour(patch: Patch) -> None:
    def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
        moved = windows.instant(day, at, zone)
        return moved - timedelta(hours=1) if windows.is_in_gap(day, at, zone) else moved

    patch.setattr(schedule, "instant", instant)


def sent_however_useless(patch: Patch) -> None:
    decide = dispatch.decide

    def lenient(claim: Claim, *args: Any, **named: Any) -> dispatch.Verdict:
        forever = msgspec.structs.replace(claim, useful_until=datetime.max.replace(tzinfo=UTC))
        return decide(forever, *args, **named)

    patch.setattr(dispatch, "decide", lenient)


def no_stricter_regions(patch: Patch) -> None:
    patch.setattr(windows, "_allowed", lambda _day, _region: windows.EVERYWHERE)


def hours_counted_on_the_wall_clock(patch: Patch) -> None:
    nominal_at = schedule.nominal_at

    def by_wall(step: AftercareStep, times: ProcedureTimes) -> datetime:
        if step.after is None:
            return nominal_at(step, times)
        zone = times.window.zone
        start = nominal_at(msgspec.structs.replace(step, after="PT0H"), times)
        offset = parse_duration(step.after)
        return (start.astimezone(zone) + offset).astimezone(UTC)

    patch.setattr(schedule, "nominal_at", by_wall)


def preparation_counted_from_the_end(patch: Patch) -> None:
    nominal_at = schedule.nominal_at

    def from_end(step: AftercareStep, times: ProcedureTimes) -> datetime:
        end = times.ended_at or times.started_at
        return nominal_at(step, msgspec.structs.replace(times, started_at=end))

    patch.setattr(schedule, "nominal_at", from_end)


def care_counted_from_the_start(patch: Patch) -> None:
    nominal_at = schedule.nominal_at

    def from_start(step: AftercareStep, times: ProcedureTimes) -> datetime:
        return nominal_at(step, msgspec.structs.replace(times, ended_at=None))

    patch.setattr(schedule, "nominal_at", from_start)


def carried_texts_dropped(patch: Patch) -> None:
    def first_only(
        every: list[StepText], channel: Channel, detail: MessageDetail
    ) -> RenderedMessage:
        return render_together(every[:1], channel, detail)

    patch.setattr(in_memory_delivery, "render_together", first_only)


def questions_carried(patch: Patch) -> None:
    patch.setattr(
        visits, "_can_host", lambda host, message: message.useful_until >= host.useful_until
    )


def purposes_mixed(patch: Patch) -> None:
    merge_key: Callable[[VisitMessage], tuple[object, ...]] = visits._merge_key  # noqa: SLF001 - the rule under test
    patch.setattr(
        visits, "_merge_key", lambda message: merge_key(message)[:2] + merge_key(message)[3:]
    )


def lost_with_the_host(patch: Patch) -> None:
    patch.setattr(visits, "NEVER_SENT", frozenset())


def only_one_zone_looked_at(patch: Patch) -> None:
    patch.setattr(schedule, "next_opening", _in_the_first_zone)
    patch.setattr(dispatch, "next_opening", _in_the_first_zone)


def _in_the_first_zone(at: datetime, window: windows.Window) -> datetime:
    return windows.next_opening(at, msgspec.structs.replace(window, also=()))


BROKEN = (
    windows_only_when_planning,
    no_daily_cap,
    late_steps_always_sent,
    second_of_a_repeated_hour,
    back_over_a_skipped_hour,
    sent_however_useless,
    no_stricter_regions,
    hours_counted_on_the_wall_clock,
    preparation_counted_from_the_end,
    care_counted_from_the_start,
    carried_texts_dropped,
    questions_carried,
    purposes_mixed,
    lost_with_the_host,
    only_one_zone_looked_at,
)


@pytest.fixture(autouse=True)
def _no_openings_are_remembered() -> Iterator[None]:
    """What was worked out by whole rules says nothing of broken ones, nor the other way round."""
    windows._openings.cache_clear()  # noqa: SLF001 - as above
    yield
    windows._openings.cache_clear()  # noqa: SLF001 - as above


@pytest.mark.parametrize("broken", BROKEN, ids=lambda rule: str(rule.__name__))
def test_a_broken_rule_is_noticed(broken: Callable[[Patch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        broken(patch)

        assert any(_is_noticed(check) for check in CHECKS)


def test_unbroken_rules_raise_no_alarm() -> None:
    assert not any(_is_noticed(check) for check in CHECKS)


CHECKS = (
    (plan_faults, scenarios()),
    (life_faults, scenarios()),
    (quiet_life_faults, scenarios(is_quiet=True)),
)


def _is_noticed(check: tuple[Callable[[Scenario], Iterable[str]], Any]) -> bool:
    faults, scenarios_ = check

    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenario=scenarios_)
    def hold(scenario: Scenario) -> None:
        assert not any(faults(scenario))

    try:
        for scenario in PINNED:
            assert not any([*plan_faults(scenario), *life_faults(scenario)])
        hold()
    except (AssertionError, ExceptionGroup):
        return True
    return False
