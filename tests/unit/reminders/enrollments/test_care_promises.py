"""Random plans, zones, times, opt-outs and changes of mind, checked against the rules."""

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.reminders.care_promises import (
    PINNED,
    Scenario,
    booked,
    life_faults,
    plan_faults,
    quiet_life_faults,
    scenarios,
)

SHORT = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(SHORT, max_examples=2000)


@pytest.mark.parametrize("scenario", PINNED)
def test_the_pinned_lives_keep_the_rules(scenario: Scenario) -> None:
    assert [*plan_faults(scenario), *life_faults(scenario)] == []


@SHORT
@given(scenario=scenarios())
def test_a_plan_is_placed_as_its_rules_say(scenario: Scenario) -> None:
    assert list(plan_faults(scenario)) == []


@SHORT
@given(scenario=scenarios())
def test_nothing_leaves_that_must_not_and_nothing_is_lost(scenario: Scenario) -> None:
    assert list(life_faults(scenario)) == []


@SHORT
@given(scenario=scenarios(is_quiet=True))
def test_all_that_is_planned_is_sent_when_nothing_happens(scenario: Scenario) -> None:
    assert list(quiet_life_faults(scenario)) == []


@settings(SHORT, max_examples=50)
@given(scenario=scenarios())
def test_the_machines_time_zone_makes_no_difference(scenario: Scenario) -> None:
    plans = []
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "Australia/Lord_Howe"):
            os.environ["TZ"] = zone
            time.tzset()
            plans.append(booked(scenario).planned)
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()

    assert plans[0] == plans[1]


@pytest.mark.long
@pytest.mark.timeout(1200)
@LONG
@given(scenario=scenarios())
def test_two_thousand_plans_are_placed_as_their_rules_say(scenario: Scenario) -> None:
    assert list(plan_faults(scenario)) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@LONG
@given(scenario=scenarios())
def test_in_two_thousand_lives_nothing_leaves_that_must_not(scenario: Scenario) -> None:
    assert list(life_faults(scenario)) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@LONG
@given(scenario=scenarios(is_quiet=True))
def test_in_two_thousand_quiet_lives_all_is_sent(scenario: Scenario) -> None:
    assert list(quiet_life_faults(scenario)) == []
