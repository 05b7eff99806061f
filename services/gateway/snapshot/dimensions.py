"""What procedures are compared by, and the figures behind each dimension."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.contracts.catalog import (
    CountRange,
    DayRange,
    DecimalRange,
    MoneyRange,
    Procedure,
    Source,
)


class Dimension(StrEnum):
    INVASIVENESS = "INVASIVENESS"
    DISCOMFORT = "DISCOMFORT"
    DOWNTIME = "DOWNTIME"
    REDNESS = "REDNESS"
    SESSIONS = "SESSIONS"
    INTERVAL = "INTERVAL"
    SESSION_LENGTH = "SESSION_LENGTH"
    RESULTS_AFTER = "RESULTS_AFTER"
    RESULTS_LAST = "RESULTS_LAST"
    DEPTH = "DEPTH"
    ANESTHESIA = "ANESTHESIA"
    SKIN_TYPES = "SKIN_TYPES"
    CONCERNS = "CONCERNS"
    SERIOUS_RISKS = "SERIOUS_RISKS"
    COST = "COST"
    PERFORMED_BY = "PERFORMED_BY"


class Better(StrEnum):
    LOWER = "LOWER"
    HIGHER = "HIGHER"
    NEITHER = "NEITHER"


class Unit(StrEnum):
    DAYS = "DAYS"
    MINUTES = "MINUTES"
    COUNT = "COUNT"
    MILLIMETERS = "MILLIMETERS"
    SCALE_1_10 = "SCALE_1_10"
    SCALE_0_10 = "SCALE_0_10"
    MONEY = "MONEY"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure; a bound that is None is unknown. `basis` must be equal to compare by it."""

    min: float | None = None
    typical: float | None = None
    max: float | None = None
    basis: tuple[str | bool | None, ...] = ()

    @property
    def is_known(self) -> bool:
        return any(bound is not None for bound in self.bounds)

    @property
    def bounds(self) -> tuple[float | None, float | None, float | None]:
        return (self.min, self.typical, self.max)


NOTHING_KNOWN: Final = Figure()

FigureOf = Callable[[Procedure], Figure]


@dataclass(frozen=True, slots=True)
class Measure:
    """A dimension that has a figure. `field` is the field of the profile behind it."""

    unit: Unit
    better: Better
    figure: FigureOf
    field: str | None = None


def _range(found: DayRange | CountRange | DecimalRange | None) -> Figure:
    if found is None:
        return NOTHING_KNOWN
    typical = None if isinstance(found, DecimalRange) else found.typical
    return Figure(found.min, typical, found.max)


def _invasiveness(procedure: Procedure) -> Figure:
    return Figure(typical=procedure.profile.invasiveness)


def _depth(procedure: Procedure) -> Figure:
    """From the shallowest to the deepest that any of its devices reaches."""
    depths = [each.depth_millimeters for each in procedure.devices if each.depth_millimeters]
    least = [depth.min for depth in depths if depth.min is not None]
    most = [depth.max for depth in depths if depth.max is not None]
    return Figure(min=min(least, default=None), max=max(most, default=None))


def _cost(procedure: Procedure) -> Figure:
    """The figure of the first region told; the text names them all."""
    if not procedure.profile.cost:
        return NOTHING_KNOWN
    first = procedure.profile.cost[0]
    return Figure(min=first.min, max=first.max, basis=cost_basis(first))


def cost_basis(cost: MoneyRange) -> tuple[str | bool | None, ...]:
    return (cost.currency, cost.per_session, cost.region)


MEASURES: Final[Mapping[Dimension, Measure]] = {
    Dimension.INVASIVENESS: Measure(Unit.SCALE_1_10, Better.LOWER, _invasiveness, "invasiveness"),
    Dimension.DISCOMFORT: Measure(
        Unit.SCALE_0_10, Better.LOWER, lambda each: _range(each.profile.discomfort), "discomfort"
    ),
    Dimension.DOWNTIME: Measure(
        Unit.DAYS, Better.LOWER, lambda each: _range(each.profile.downtime), "downtime"
    ),
    Dimension.REDNESS: Measure(
        Unit.DAYS, Better.LOWER, lambda each: _range(each.profile.redness), "redness"
    ),
    Dimension.SESSIONS: Measure(
        Unit.COUNT, Better.LOWER, lambda each: _range(each.profile.sessions), "sessions"
    ),
    Dimension.INTERVAL: Measure(
        Unit.DAYS,
        Better.NEITHER,
        lambda each: _range(each.profile.interval_days),
        "interval_days",
    ),
    Dimension.SESSION_LENGTH: Measure(
        Unit.MINUTES,
        Better.LOWER,
        lambda each: _range(each.profile.session_minutes),
        "session_minutes",
    ),
    Dimension.RESULTS_AFTER: Measure(
        Unit.DAYS,
        Better.LOWER,
        lambda each: _range(each.profile.results_after),
        "results_after",
    ),
    Dimension.RESULTS_LAST: Measure(
        Unit.DAYS, Better.HIGHER, lambda each: _range(each.profile.results_last), "results_last"
    ),
    Dimension.DEPTH: Measure(Unit.MILLIMETERS, Better.NEITHER, _depth),
    Dimension.COST: Measure(Unit.MONEY, Better.LOWER, _cost, "cost"),
}
"""Dimensions without an entry are told in words only."""


def sources_of(dimension: Dimension, procedure: Procedure) -> Sequence[Source]:
    """What stands behind the cell, each source once."""
    if dimension in _SOURCED_PARTS:
        return _once(_SOURCED_PARTS[dimension](procedure))
    measure = MEASURES.get(dimension)
    field = measure.field if measure else _WORD_FIELDS[dimension]
    return procedure.profile.sources.get(field, ()) if field else ()


def _once(sources: Sequence[Source]) -> Sequence[Source]:
    return tuple({source.key: source for source in sources}.values())


_SOURCED_PARTS: Final[Mapping[Dimension, Callable[[Procedure], Sequence[Source]]]] = {
    Dimension.DEPTH: lambda procedure: [
        source
        for device in procedure.devices
        if device.depth_millimeters
        for source in device.sources
    ],
    Dimension.CONCERNS: lambda procedure: [
        source for indication in procedure.treats for source in indication.sources
    ],
    Dimension.SERIOUS_RISKS: lambda procedure: [
        source
        for effect in procedure.side_effects
        for source in effect.sources
        if effect.rarity == "RARE_SERIOUS"
    ],
}
_WORD_FIELDS: Final[Mapping[Dimension, str | None]] = {
    Dimension.ANESTHESIA: "anesthesia",
    Dimension.PERFORMED_BY: "performed_by",
    Dimension.SKIN_TYPES: "suitability",
}
