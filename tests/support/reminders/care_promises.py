"""The rules of every patient's care, written independently of the code that keeps them."""

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
from services.reminders.enrollments.domain.schedule import PlannedStep, StepOutcome
from tests.support.reminders.aftercare import PLAN, step
from tests.support.reminders.in_memory_delivery import InMemoryDelivery, Row, Sent, patient_in

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
HOST_TOO_LATE = pinned(
    step("s0.", day=2, at="10:00", useful_for="PT1H"),
    step("s1.", day=2, at="10:15", useful_for="P3D"),
    lateness=(timedelta(hours=2),),
)
PINNED = (SKIPPED_HOUR, REPEATED_HOUR, ONE_HOUR, CAPPED, OFFERED, HOST_TOO_LATE)
"""Lives in which a rule matters that matters in few others."""


# ---------------------------------------------------------------- living through it
def lived(scenario: Scenario) -> InMemoryDelivery:
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


def booked(scenario: Scenario) -> InMemoryDelivery:
    assert has_opening(scenario.window.quiet)
    patient = patient_in(scenario.window, now=scenario.booked_at, channels=scenario.channels)
    care = InMemoryDelivery(
        patient=patient,
        plan=msgspec.structs.replace(PLAN, steps=scenario.steps),
        now=scenario.booked_at,
        cap=scenario.cap,
        lateness=scenario.lateness,
    )
    care.enroll(scenario.started_at, scenario.ended_at)
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


def nominal_at(
    step_: AftercareStep, started_at: datetime, ended_at: datetime | None, zone: ZoneInfo
) -> datetime:
    """The time that the plan names for a step, before windows and lateness."""
    if step_.after is not None:
        hours = int(step_.after.strip("-PTH"))
        if step_.after.startswith("-"):
            return started_at - timedelta(hours=hours)
        return (ended_at or started_at) + timedelta(hours=hours)
    day = started_at.astimezone(zone).date() + timedelta(days=step_.day or 0)
    return first_shown(day, time.fromisoformat(step_.at or ""), zone)


def first_shown(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which a wall clock shows a time, or, left out, would have."""
    wall = datetime.combine(day, clock)
    offsets = [
        (wall + timedelta(days=days)).replace(tzinfo=zone).utcoffset() or timedelta(0)
        for days in (-2, 2)
    ]
    instants = sorted((wall - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [at for at in instants if at.astimezone(zone).replace(tzinfo=None) == wall]
    return shown[0] if shown else (wall - offsets[0]).replace(tzinfo=UTC)


def useful_until(step_: AftercareStep, start: datetime, started_at: datetime) -> datetime:
    until = start + msgspec.convert(step_.useful_for, timedelta)
    return min(until, started_at) if step_.kind is StepKind.PREPARE else until


def plan_faults(scenario: Scenario) -> Iterator[str]:
    """Yield what planning decides against the rules, step by step."""
    planned = booked(scenario).planned
    assert planned is not None
    for planned_step in planned.steps:
        start = nominal_at(
            planned_step.step, scenario.started_at, scenario.ended_at, scenario.window.zone
        )
        until = useful_until(planned_step.step, start, scenario.started_at)
        if planned_step.useful_until != until:
            yield "useful for another time than the plan says"
        if planned_step.outcome is StepOutcome.DUE:
            yield from _due_faults(planned_step, start, until, scenario)
        elif start >= scenario.booked_at and _first_allowed(start, until, scenario.window):
            yield "given up although an hour is left"


def _due_faults(
    planned_step: PlannedStep, start: datetime, until: datetime, scenario: Scenario
) -> Iterator[str]:
    is_late = start < scenario.booked_at
    earliest = max(start, scenario.booked_at)
    if is_late and planned_step.step.late is LatePolicy.SKIP:
        yield "sent late although late is to be skipped"
    if not earliest <= planned_step.due_at < until:
        yield "early, or past its usefulness"
    if not is_allowed(planned_step.due_at, scenario.window):
        yield "in quiet hours"
    slack = SPREAD if planned_step.step.day is not None and not is_late else timedelta(0)
    if is_allowed(earliest, scenario.window) and planned_step.due_at > earliest + slack:
        yield "moved without need"


def _first_allowed(start: datetime, end: datetime, window: Window) -> datetime | None:
    """Looked for quarter by quarter: our windows open at no other times."""
    at = start
    while at < end:
        if is_allowed(at, window):
            return at
        at += timedelta(minutes=15) - timedelta(minutes=at.minute % 15, seconds=at.second)
    return None


def life_faults(scenario: Scenario) -> Iterator[str]:
    """Yield what is sent against the rules, and what never ends."""
    care = lived(scenario)
    for sent in care.sent:
        yield from _sent_faults(sent, scenario)
    yield from _doubled(care)
    yield from _cap_faults(care, scenario)
    for row in care.rows:
        if not _has_ended(row, care):
            yield f"lost: {row.new.step_key} {row.state} {row.reason}"


def _sent_faults(sent: Sent, scenario: Scenario) -> Iterator[str]:
    if not is_allowed(sent.at, scenario.window):
        yield "outside the patient's hours"
    if sent.is_opted_out:
        yield "after an opt-out"
    if not sent.is_active:
        yield "after the enrollment had ended"
    steps = {step_.key: step_ for step_ in scenario.steps}
    for row in sent.rows:
        yield from _row_faults(row, steps[row.new.step_key], sent, scenario)


def _row_faults(row: Row, step_: AftercareStep, sent: Sent, scenario: Scenario) -> Iterator[str]:
    host = sent.rows[0]
    start = nominal_at(step_, sent.started_at, sent.ended_at, scenario.window.zone)
    if sent.at < start - (timedelta(0) if row is host else HOUR):
        yield "before its time"
    if sent.at >= useful_until(step_, start, sent.started_at):
        yield "past its usefulness"
    if f"about {step_.key}" not in sent.text:
        yield "merged without its text"
    if row is not host and row.new.purpose is not host.new.purpose:
        yield "marketing within care"
    if row is not host and row.new.step_kind is StepKind.CHECK_IN:
        yield "a question lost in a text"


def _doubled(care: InMemoryDelivery) -> Iterator[str]:
    rows = [row for sent in care.sent for row in sent.rows]
    if any(times > 1 for times in Counter(row.id for row in rows).values()):
        yield "a reminder twice"
    steps = Counter(
        (row.new.step_key, row.new.channel)
        for row in rows
        if row.new.step_kind is not StepKind.PREPARE
    )
    if any(times > 1 for times in steps.values()):
        yield "a step twice"


def _cap_faults(care: InMemoryDelivery, scenario: Scenario) -> Iterator[str]:
    if scenario.cap is None:
        return
    zone = scenario.window.zone
    days = Counter((sent.channel, sent.at.astimezone(zone).date()) for sent in care.sent)
    if any(count > scenario.cap for count in days.values()):
        yield "more than the day's cap"


def _has_ended(row: Row, care: InMemoryDelivery) -> bool:
    if row.state is not ReminderStatus.MERGED:
        return row.state is ReminderStatus.ACCEPTED or (row.state in NEVER and bool(row.reason))
    host = care.rows[(row.merged_into or 0) - 1]
    return host.state is ReminderStatus.ACCEPTED or (
        host.over_at is not None and row.useful_until <= host.over_at
    )


def quiet_life_faults(scenario: Scenario) -> Iterator[str]:
    """Yield what is planned and not sent, where nothing happens and nobody is late."""
    care = lived(scenario)
    shown = set(_shown(care))
    for row in care.rows:
        if row.new.state is ReminderStatus.SCHEDULED and row.id not in shown:
            yield f"left out: {row.new.step_key} {row.state} {row.reason}"
    wanted = {
        (step_.key, channel)
        for step_ in scenario.steps
        for channel in step_.channels
        if channel in scenario.channels
    }
    if {(row.new.step_key, row.new.channel) for row in care.rows} != wanted:
        yield "not every step is planned on its channels"


def _shown(care: InMemoryDelivery) -> Iterator[int]:
    """The ids of the reminders whose text was sent."""
    for sent in care.sent:
        for row in sent.rows:
            if f"about {row.new.step_key}" in sent.text:
                yield row.id
