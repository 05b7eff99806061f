from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.catalog import AftercareStep, LatePolicy, StepKind
from services.contracts.reminders import QuietHours
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import NaiveTime, Window, is_open, local_text
from services.reminders.enrollments.domain.schedule import (
    SPREAD,
    ProcedureTimes,
    StepOutcome,
    nominal_at,
    plan_step,
    plan_steps,
)
from tests.support.reminders.aftercare import step

NEW_YORK = ZoneInfo("America/New_York")
NO_QUIET = QuietHours(start=time(0), end=time(0))
NIGHT = QuietHours(start=time(21), end=time(8))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def procedure(started_at: str, **changes: Any) -> ProcedureTimes:
    usual: dict[str, Any] = {
        "started_at": there(started_at),
        "ended_at": None,
        "window": Window(NEW_YORK, NO_QUIET),
        "now": LONG_AGO,
        "spread_by": "1.1",
    }
    return ProcedureTimes(**(usual | changes))


def test_a_time_the_clocks_skip_moves_forward() -> None:
    at_half_past_two = step("s", day=1, at="02:30")

    due = nominal_at(at_half_past_two, procedure("2027-03-13T10:00"))

    assert due == utc("2027-03-14T07:30")
    assert due.astimezone(NEW_YORK).strftime("%H:%M") == "03:30"


def test_a_time_the_clocks_skip_is_explained() -> None:
    planned = plan_step(step("s", day=1, at="02:30"), procedure("2027-03-13T10:00"))

    assert Reason.CLOCK_GAP in planned.decided


def test_a_time_shown_twice_is_the_first() -> None:
    twice = step("s", day=1, at="01:30")

    assert nominal_at(twice, procedure("2027-11-06T10:00")) == utc("2027-11-07T05:30")


def test_a_day_later_is_not_always_24_hours_later() -> None:
    times = procedure("2027-03-13T10:00")

    by_calendar = nominal_at(step("s", day=1, at="10:00"), times)
    elapsed = nominal_at(step("s", after="PT24H"), times)

    assert (by_calendar, elapsed) == (utc("2027-03-14T14:00"), utc("2027-03-14T15:00"))


def test_24_hours_end_an_hour_later_by_the_clock_when_it_goes_forward() -> None:
    end = nominal_at(step("s", after="PT24H"), procedure("2027-03-13T15:40"))

    assert end.astimezone(NEW_YORK).strftime("%A %H:%M") == "Sunday 16:40"


def test_care_counts_from_the_end() -> None:
    times = procedure("2027-03-10T10:00", ended_at=there("2027-03-10T11:30"))

    assert nominal_at(step("s", after="PT2H"), times) == there("2027-03-10T13:30")


def test_preparation_counts_back_from_the_start() -> None:
    times = procedure("2027-03-10T10:00", ended_at=there("2027-03-10T11:30"))
    prepare = step("s", kind=StepKind.PREPARE, after="-PT2H")

    assert nominal_at(prepare, times) == there("2027-03-10T08:00")


@pytest.mark.parametrize(
    ("due", "sent"),
    [
        ("23:30:00", "2027-03-11T08:00:00"),
        ("07:59:59", "2027-03-10T08:00:00"),
        ("08:00:00", "2027-03-10T08:00:00"),
        ("21:00:00", "2027-03-11T08:00:00"),
    ],
)
def test_a_step_in_quiet_hours_waits_for_their_end(due: str, sent: str) -> None:
    times = procedure(f"2027-03-10T{due}", window=Window(NEW_YORK, NIGHT))

    planned = plan_step(step("s", after="PT0S"), times)

    assert there(sent) <= planned.due_at < there(sent) + SPREAD


def test_a_step_that_is_moved_says_so() -> None:
    times = procedure("2027-03-10T23:30", window=Window(NEW_YORK, NIGHT))

    assert plan_step(step("s", after="PT0S"), times).decided[-1] is Reason.WINDOW_MOVED


def test_a_step_of_no_use_after_quiet_hours_expires() -> None:
    times = procedure("2027-03-10T21:30", window=Window(NEW_YORK, NIGHT))

    planned = plan_step(step("s", after="PT0S", useful_for="PT30M"), times)

    assert (planned.outcome, planned.decided[-1]) == (StepOutcome.EXPIRED, Reason.WINDOW_EXPIRED)


def test_an_elapsed_step_in_open_hours_is_exact() -> None:
    planned = plan_step(step("s", after="PT3H"), procedure("2027-03-10T10:00"))

    assert planned.due_at == there("2027-03-10T13:00")


def test_preparation_is_of_no_use_once_the_procedure_begins() -> None:
    prepare = step("s", kind=StepKind.PREPARE, after="-PT2H", useful_for="PT8H")

    planned = plan_step(prepare, procedure("2027-03-10T15:00"))

    assert planned.useful_until == there("2027-03-10T15:00")


def test_preparation_that_would_be_moved_past_the_procedure_expires() -> None:
    prepare = step("s", kind=StepKind.PREPARE, after="-PT2H", useful_for="PT8H")
    times = procedure("2027-03-10T08:00", window=Window(NEW_YORK, NIGHT))

    assert plan_step(prepare, times).outcome is StepOutcome.EXPIRED


@pytest.mark.parametrize(
    ("policy", "now", "outcome", "reason"),
    [
        (LatePolicy.SKIP, "12:00", StepOutcome.SKIPPED, Reason.LATE_SKIPPED),
        (LatePolicy.SEND_NOW, "12:00", StepOutcome.DUE, Reason.LATE_SENT_NOW),
        (LatePolicy.SKIP, "15:00", StepOutcome.EXPIRED, Reason.LATE_EXPIRED),
        (LatePolicy.SEND_NOW, "15:00", StepOutcome.EXPIRED, Reason.LATE_EXPIRED),
    ],
)
def test_a_late_step_follows_its_policy(
    policy: LatePolicy, now: str, outcome: StepOutcome, reason: Reason
) -> None:
    late = step("s", after="PT0S", useful_for="PT5H", late=policy)
    times = procedure("2027-03-10T10:00", now=there(f"2027-03-10T{now}"))

    planned = plan_step(late, times)

    assert (planned.outcome, planned.decided[-1]) == (outcome, reason)


def test_a_late_step_is_due_now() -> None:
    now = there("2027-03-10T12:00")
    late = step("s", after="PT0S", useful_for="PT5H", late=LatePolicy.SEND_NOW)

    assert plan_step(late, procedure("2027-03-10T10:00", now=now)).due_at == now


def test_a_clinicians_task_has_no_quiet_hours() -> None:
    task = step("s", kind=StepKind.CLINICIAN_TASK, after="PT0S")
    times = procedure("2027-03-10T23:30", window=Window(NEW_YORK, NIGHT))

    assert plan_step(task, times).due_at == there("2027-03-10T23:30")


def test_patients_due_at_the_same_time_are_spread() -> None:
    dues = {
        plan_step(step("s"), procedure("2027-03-10T10:00", spread_by=f"1.{number}")).due_at
        for number in range(50)
    }

    assert len(dues) > 25


def test_the_same_patient_is_always_due_at_the_same_time() -> None:
    times = procedure("2027-03-10T10:00")

    assert plan_step(step("s"), times) == plan_step(step("s"), times)


def test_local_text_shows_offset_and_zone() -> None:
    shown = local_text(utc("2027-03-10T15:00"), Window(NEW_YORK, NO_QUIET))

    assert shown == "2027-03-10T10:00:00-05:00[America/New_York]"


def test_local_text_distinguishes_the_hour_that_comes_twice() -> None:
    window = Window(NEW_YORK, NO_QUIET)

    assert [local_text(utc(at), window) for at in ("2027-11-07T05:30", "2027-11-07T06:30")] == [
        "2027-11-07T01:30:00-04:00[America/New_York]",
        "2027-11-07T01:30:00-05:00[America/New_York]",
    ]


@pytest.mark.parametrize("field", ["started_at", "ended_at", "now"])
def test_a_naive_time_is_refused(field: str) -> None:
    naive = datetime(2027, 3, 10, 10)  # noqa: DTZ001 - the fault under test

    with pytest.raises(NaiveTime):
        plan_steps(
            [step("s")], msgspec.structs.replace(procedure("2027-03-10T10:00"), **{field: naive})
        )


STEPS = st.one_of(
    st.builds(
        lambda hours, useful, late: step(
            "s", after=f"{'-' if hours < 0 else ''}PT{abs(hours)}H", useful_for=useful, late=late
        ),
        st.integers(-200, 2000),
        st.sampled_from(["PT30M", "PT6H", "P1D", "P14D"]),
        st.sampled_from(LatePolicy),
    ),
    st.builds(
        lambda day, at, useful, late: step(
            "s", day=day, at=at.strftime("%H:%M"), useful_for=useful, late=late
        ),
        st.integers(-14, 90),
        st.times(),
        st.sampled_from(["PT30M", "PT6H", "P1D", "P14D"]),
        st.sampled_from(LatePolicy),
    ),
)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
QUIET = st.sampled_from([NO_QUIET, NIGHT, QuietHours(start=time(12), end=time(16))])
ZONES = st.sampled_from(
    ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
).map(ZoneInfo)


@given(any_step=STEPS, started_at=TIMES, late_by=st.integers(-500, 500), quiet=QUIET, zone=ZONES)
def test_what_is_due_is_due_in_open_hours_and_while_useful(
    any_step: AftercareStep, started_at: datetime, late_by: int, quiet: QuietHours, zone: ZoneInfo
) -> None:
    now = started_at + timedelta(hours=late_by)
    window = Window(zone, quiet)
    times = ProcedureTimes(
        started_at=started_at, ended_at=None, window=window, now=now, spread_by="1.1"
    )

    planned = plan_step(any_step, times)

    if planned.outcome is StepOutcome.DUE:
        assert is_open(planned.due_at, window)
        assert now <= planned.due_at < planned.useful_until


def test_a_step_with_no_hour_that_is_allowed_everywhere_expires_and_says_so() -> None:
    far = Window(
        NEW_YORK, QuietHours(start=time(18), end=time(10)), None, (ZoneInfo("Asia/Tokyo"),)
    )

    planned = plan_step(step("s"), procedure("2027-03-10T10:00", window=far))

    assert (planned.outcome, planned.decided[-1]) == (StepOutcome.EXPIRED, Reason.NO_COMMON_HOUR)


def test_a_late_step_that_catches_up_is_due_now() -> None:
    now = there("2027-03-10T12:00")
    late = step("s", after="PT0S", useful_for="PT5H", late=LatePolicy.CATCH_UP)

    planned = plan_step(late, procedure("2027-03-10T10:00", now=now))

    assert (planned.due_at, planned.decided[-1]) == (now, Reason.LATE_CAUGHT_UP)
