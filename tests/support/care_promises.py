"""What must be true of every patient's care, said apart from the code that makes it so."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from services.contracts.catalog import AftercareStep, Channel, LatePolicy, Purpose, StepKind
from services.contracts.reminders import QuietHours
from services.contracts.words import ReminderStatus
from services.reminders.core.windows import Window, has_opening
from services.reminders.enrollments.domain.schedule import StepOutcome
from tests.support.aftercare import PLAN, step
from tests.support.pretend_care import PretendCare, Row, Sent, patient_in

SPREAD = timedelta(minutes=10)
HOUR = timedelta(hours=1)
HOURS = {"US-CT": (9, 20), "US-FL": (8, 20), "US-OK": (8, 20), "US-TX": (9, 21)}
NEVER = {ReminderStatus.SKIPPED, ReminderStatus.EXPIRED, ReminderStatus.CANCELLED}

ZONES = (
    *("America/New_York", "Europe/London", "Europe/Lisbon", "America/Los_Angeles", "UTC"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Kolkata", "Pacific/Apia"),
)


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """`events` are (kind, hours after the one before, a number that the kind understands)."""

    steps: tuple[AftercareStep, ...]
    window: Window
    channels: tuple[Channel, ...]
    started_at: datetime
    lasted: timedelta
    booked_at: datetime
    cap: int | None
    lateness: tuple[timedelta, ...]
    events: tuple[tuple[str, int, int], ...] = ()

    @property
    def ended_at(self) -> datetime | None:
        return self.started_at + self.lasted if self.lasted else None


# ---------------------------------------------------------------- how to make one up
def _step(number: int, made: dict[str, Any]) -> AftercareStep:
    if made["kind"] is StepKind.REBOOK:
        made["purpose"] = Purpose.MARKETING
    return step(f"s{number}.", **made)


def _kinds() -> st.SearchStrategy[StepKind]:
    return st.sampled_from(
        [StepKind.CARE, StepKind.CARE, StepKind.CHECK_IN, StepKind.FOLLOW_UP, StepKind.REBOOK]
    )


def _common() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "useful_for": st.sampled_from(["PT30M", "PT6H", "P1D", "P3D", "P14D"]),
        "late": st.sampled_from(LatePolicy),
        "urgent": st.booleans(),
        "channels": st.sampled_from(
            [(Channel.SMS,), (Channel.SMS,), (Channel.EMAIL,), (Channel.SMS, Channel.EMAIL)]
        ),
    }


_ELAPSED = st.fixed_dictionaries(
    {"kind": _kinds(), "after": st.integers(0, 900).map(lambda hours: f"PT{hours}H"), **_common()}
)
_PREPARE = st.fixed_dictionaries(
    {
        "kind": st.just(StepKind.PREPARE),
        "after": st.integers(1, 400).map(lambda hours: f"-PT{hours}H"),
        **_common(),
    }
)
_CALENDAR = st.fixed_dictionaries(
    {
        "kind": _kinds(),
        "day": st.integers(0, 40),
        "at": st.sampled_from(["01:30", "02:30", "07:30", "10:00", "10:15", "10:59", "19:30"]),
        **_common(),
    }
)
STEPS = st.lists(st.one_of(_ELAPSED, _PREPARE, _CALENDAR, _CALENDAR), min_size=1, max_size=8).map(
    lambda some: tuple(_step(number, made) for number, made in enumerate(some))
)
WINDOWS = st.builds(
    lambda zone, quiet, region, also: Window(
        ZoneInfo(zone), quiet, region, tuple(ZoneInfo(other) for other in also if other != zone)
    ),
    st.sampled_from(ZONES),
    st.sampled_from(
        [
            QuietHours(start=time(21), end=time(8)),
            QuietHours(start=time(20), end=time(9)),
            QuietHours(start=time(12), end=time(16)),
            QuietHours(start=time(22), end=time(6, 30)),
        ]
    ),
    st.sampled_from([None, None, "US-TX", "US-CT", "US-FL"]),
    st.sampled_from([(), (), (), ("America/New_York",), ("Europe/Madrid", "Asia/Kolkata")]),
)
# Around the days on which clocks change, too.
STARTS = st.one_of(
    st.datetimes(datetime(2026, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.sampled_from([datetime(2027, 3, 13, 15, tzinfo=UTC), datetime(2027, 11, 6, 14, tzinfo=UTC)]),
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["reschedule", "cancel", "stop", "start", "reschedule"]),
        st.integers(0, 200),
        st.integers(-90, 240),
    ),
    max_size=4,
)


@st.composite
def scenarios(draw: st.DrawFn, *, is_quiet: bool = False) -> Scenario:
    """Any patient; `is_quiet`: nothing happens, nobody is late, and nothing is capped."""
    started_at = draw(STARTS)
    return Scenario(
        steps=draw(STEPS),
        window=draw(WINDOWS),
        channels=draw(st.sampled_from([(Channel.SMS,), (Channel.SMS, Channel.EMAIL)])),
        started_at=started_at,
        lasted=timedelta(minutes=draw(st.sampled_from([0, 30, 90]))),
        booked_at=started_at + timedelta(hours=draw(st.integers(-500, 200))),
        cap=None if is_quiet else draw(st.sampled_from([None, 1, 2, 5])),
        lateness=(timedelta(0),)
        if is_quiet
        else tuple(
            timedelta(minutes=m)
            for m in draw(st.lists(st.sampled_from([0, 0, 2, 45, 400]), min_size=1, max_size=5))
        ),
        events=() if is_quiet else tuple(draw(EVENTS)),
    )


def pinned(*steps: AftercareStep, **changes: Any) -> Scenario:
    """A certain life: a procedure in New York the day before clocks go forward."""
    usual: dict[str, Any] = {
        "steps": steps,
        "window": Window(ZoneInfo("America/New_York"), QuietHours(start=time(21), end=time(8))),
        "channels": (Channel.SMS,),
        "started_at": datetime(2027, 3, 13, 15, tzinfo=UTC),
        "lasted": timedelta(minutes=90),
        "booked_at": datetime(2027, 3, 1, tzinfo=UTC),
        "cap": None,
        "lateness": (timedelta(0),),
    }
    return Scenario(**(usual | changes))


SKIPPED_HOUR = pinned(step("s0.", day=1, at="02:30"), step("s1.", after="PT24H"))
REPEATED_HOUR = pinned(
    step("s0.", day=1, at="01:30"), started_at=datetime(2027, 11, 6, 14, tzinfo=UTC)
)
ONE_HOUR = pinned(
    step("s0.", day=2, at="10:00", useful_for="P1D"),
    step("s1.", day=2, at="10:15", useful_for="P3D"),
    step("s2.", kind=StepKind.CHECK_IN, day=2, at="10:30", useful_for="P3D"),
)

CAPPED = pinned(
    step("s0.", day=2, at="10:00", useful_for="P3D"),
    step("s1.", day=2, at="12:00", useful_for="P3D"),
    cap=1,
)
OFFERED = pinned(
    step("s0.", day=2, at="10:00"),
    step("s1.", kind=StepKind.REBOOK, purpose=Purpose.MARKETING, day=2, at="10:15"),
)
CARRIER_TOO_LATE = pinned(
    step("s0.", day=2, at="10:00", useful_for="PT1H"),
    step("s1.", day=2, at="10:15", useful_for="P3D"),
    lateness=(timedelta(hours=2),),
)
PINNED = (SKIPPED_HOUR, REPEATED_HOUR, ONE_HOUR, CAPPED, OFFERED, CARRIER_TOO_LATE)
"""Lives in which a rule matters that matters in few others."""


# ---------------------------------------------------------------- living through it
def lived(scenario: Scenario) -> PretendCare:
    """Walk through all of it, to long after the last step is of any use."""
    care = booked(scenario)
    for kind, hours, number in scenario.events:
        care.walk(care.now + timedelta(hours=hours))
        match kind:
            case "reschedule":
                care.reschedule(care.now + timedelta(hours=number))
            case "cancel":
                care.cancel()
            case "stop":
                care.stop(scenario.channels[number % len(scenario.channels)])
            case "start":
                care.start(scenario.channels[number % len(scenario.channels)])
    last = max((row.useful_until for row in care.rows), default=care.now)
    care.walk(max(care.now, last) + timedelta(days=1))
    return care


def booked(scenario: Scenario) -> PretendCare:
    assert has_opening(scenario.window.quiet)
    patient = patient_in(scenario.window, now=scenario.booked_at, channels=scenario.channels)
    care = PretendCare(
        patient=patient,
        plan=msgspec.structs.replace(PLAN, steps=scenario.steps),
        now=scenario.booked_at,
        cap=scenario.cap,
        lateness=scenario.lateness,
    )
    care.book(scenario.started_at, scenario.ended_at)
    return care


# ---------------------------------------------------------------- the rules, said once more
def is_allowed(at: datetime, window: Window) -> bool:
    return all(_is_day(at.astimezone(zone), window) for zone in (window.zone, *window.also))


def _is_day(local: datetime, window: Window) -> bool:
    opens, closes = HOURS.get(window.region or "", (8, 21))
    if window.region == "US-TX" and local.strftime("%A") == "Sunday":
        opens = 12
    clock, quiet = local.time(), window.quiet
    if quiet.start < quiet.end:
        is_quiet = quiet.start <= clock < quiet.end
    else:
        is_quiet = clock >= quiet.start or clock < quiet.end
    return time(opens) <= clock < time(closes) and not is_quiet


def nominal_time(
    one: AftercareStep, started_at: datetime, ended_at: datetime | None, zone: ZoneInfo
) -> datetime:
    if one.after is not None:
        hours = int(one.after.strip("-PTH"))
        if one.after.startswith("-"):
            return started_at - timedelta(hours=hours)
        return (ended_at or started_at) + timedelta(hours=hours)
    day = started_at.astimezone(zone).date() + timedelta(days=one.day or 0)
    return first_shown(day, time.fromisoformat(one.at or ""), zone)


def first_shown(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which a wall clock shows a time, or, left out, would have."""
    wall = datetime.combine(day, clock)
    offsets = [
        (wall + timedelta(days=days)).replace(tzinfo=zone).utcoffset() or timedelta(0)
        for days in (-2, 2)
    ]
    instants = sorted((wall - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [one for one in instants if one.astimezone(zone).replace(tzinfo=None) == wall]
    return shown[0] if shown else (wall - offsets[0]).replace(tzinfo=UTC)


def useful_until(one: AftercareStep, nominal: datetime, started_at: datetime) -> datetime:
    until = nominal + msgspec.convert(one.useful_for, timedelta)
    return min(until, started_at) if one.kind is StepKind.PREPARE else until


def check_plan(scenario: Scenario) -> None:
    """What planning decides for each step."""
    planned = booked(scenario).planned
    assert planned is not None
    for one in planned.steps:
        nominal = nominal_time(
            one.step, scenario.started_at, scenario.ended_at, scenario.window.zone
        )
        until = useful_until(one.step, nominal, scenario.started_at)
        is_late = nominal < scenario.booked_at
        assert one.useful_until == until, "useful as long as the plan says"
        if is_late and one.step.late is LatePolicy.SKIP:
            assert one.outcome is not StepOutcome.DUE, "what is not to be sent late is not"
        if one.outcome is StepOutcome.DUE:
            earliest = max(nominal, scenario.booked_at)
            assert earliest <= one.due_at < until, "never early, never past its usefulness"
            assert is_allowed(one.due_at, scenario.window), "never in quiet hours"
            if is_allowed(earliest, scenario.window):
                slack = SPREAD if one.step.day is not None and not is_late else timedelta(0)
                assert one.due_at <= earliest + slack, "not moved without need"
        elif not is_late:
            opening = _first_allowed(nominal, until, scenario.window)
            assert opening is None, "given up only if no hour is left"


def _first_allowed(start: datetime, end: datetime, window: Window) -> datetime | None:
    """Looked for quarter by quarter: our windows open at no other times."""
    at = start
    while at < end:
        if is_allowed(at, window):
            return at
        at += timedelta(minutes=15) - timedelta(minutes=at.minute % 15, seconds=at.second)
    return None


def check_life(scenario: Scenario) -> None:
    """What is sent, and what becomes of everything."""
    care = lived(scenario)
    for one in care.sent:
        _check_sent(one, scenario)
    _check_once(care)
    _check_cap(care, scenario)
    for row in care.rows:
        assert _has_ended(row, care), f"lost: {row.new.step_key} {row.state} {row.reason}"


def _check_sent(sent: Sent, scenario: Scenario) -> None:
    assert is_allowed(sent.at, scenario.window), "outside the patient's hours"
    assert not sent.is_opted_out, "after an opt-out"
    assert sent.is_active, "after the enrollment had ended"
    steps = {one.key: one for one in scenario.steps}
    for row in sent.rows:
        one = steps[row.new.step_key]
        nominal = nominal_time(one, sent.started_at, sent.ended_at, scenario.window.zone)
        early = timedelta(0) if row is sent.rows[0] else HOUR
        assert nominal - early <= sent.at, "before its time"
        assert sent.at < useful_until(one, nominal, sent.started_at), "past its usefulness"
        assert f"about {one.key}" in sent.text, "carried without its text"
        if row is not sent.rows[0]:
            assert row.new.purpose is sent.rows[0].new.purpose, "marketing within care"
            assert row.new.step_kind is not StepKind.CHECK_IN, "a question lost in a text"


def _check_once(care: PretendCare) -> None:
    rows = Counter(row.id for one in care.sent for row in one.rows)
    assert not [id_ for id_, times in rows.items() if times > 1], "a reminder twice"
    spots = Counter(
        (row.new.step_key, row.new.channel)
        for one in care.sent
        for row in one.rows
        if row.new.step_kind is not StepKind.PREPARE
    )
    assert not [spot for spot, times in spots.items() if times > 1], "a step twice"


def _check_cap(care: PretendCare, scenario: Scenario) -> None:
    if scenario.cap is None:
        return
    zone = scenario.window.zone
    days = Counter((one.channel, one.at.astimezone(zone).date()) for one in care.sent)
    assert all(count <= scenario.cap for count in days.values()), "more than the day's cap"


def _has_ended(row: Row, care: PretendCare) -> bool:
    if row.state is not ReminderStatus.MERGED:
        return row.state is ReminderStatus.ACCEPTED or (row.state in NEVER and bool(row.reason))
    carrier = care.rows[(row.merged_into or 0) - 1]
    return carrier.state is ReminderStatus.ACCEPTED or (
        carrier.over_at is not None and row.useful_until <= carrier.over_at
    )


def check_nothing_is_left_out(scenario: Scenario) -> None:
    """Where nothing happens and nobody is late, all that was planned is sent."""
    care = lived(scenario)
    told = set(_told(care))
    for row in care.rows:
        if row.new.state is ReminderStatus.SCHEDULED:
            assert row.id in told, f"left out: {row.new.step_key} {row.state} {row.reason}"
    wanted = {
        (one.key, channel)
        for one in scenario.steps
        for channel in one.channels
        if channel in scenario.channels
    }
    assert {(row.new.step_key, row.new.channel) for row in care.rows} == wanted


def _told(care: PretendCare) -> Iterator[int]:
    for one in care.sent:
        for row in one.rows:
            if f"about {row.new.step_key}" in one.text:
                yield row.id
