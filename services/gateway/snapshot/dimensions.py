"""The dimensions that procedures are compared by, and the figure and sources behind each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Final, Self

from services.contracts.catalog import (
    CountRange,
    DayRange,
    DecimalRange,
    MoneyRange,
    Procedure,
    Source,
)


class Dimension(StrEnum):
    """A dimension, with its description in the API and its label in each language."""

    description: str
    labels: Mapping[str, str]

    def __new__(cls, code: str, description: str, english: str, spanish: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.description = description
        member.labels = {"en": english, "es": spanish}
        return member

    INVASIVENESS = "INVASIVENESS", "How deeply it intervenes.", "Invasiveness", "Invasividad"
    DISCOMFORT = (
        "DISCOMFORT",
        "How much it hurts with the usual anesthesia.",
        "Discomfort",
        "Molestia",
    )
    DOWNTIME = (
        "DOWNTIME",
        "How long until most people go about as usual.",
        "Downtime",
        "Tiempo de recuperación",
    )
    REDNESS = "REDNESS", "How long redness shows.", "Redness", "Enrojecimiento"
    SESSIONS = "SESSIONS", "How many sessions are usual.", "Sessions", "Sesiones"
    INTERVAL = (
        "INTERVAL",
        "How long between sessions.",
        "Time between sessions",
        "Tiempo entre sesiones",
    )
    SESSION_LENGTH = (
        "SESSION_LENGTH",
        "How long one session takes.",
        "Length of a session",
        "Duración de una sesión",
    )
    RESULTS_AFTER = (
        "RESULTS_AFTER",
        "How long until a result shows.",
        "Results show after",
        "Resultados visibles tras",
    )
    RESULTS_LAST = (
        "RESULTS_LAST",
        "How long the result lasts.",
        "Results last",
        "Los resultados duran",
    )
    DEPTH = "DEPTH", "How deep it reaches.", "Depth", "Profundidad"
    ANESTHESIA = "ANESTHESIA", "The usual anesthesia.", "Anesthesia", "Anestesia"
    SKIN_TYPES = "SKIN_TYPES", "Which skin types it suits.", "Skin types", "Tipos de piel"
    CONCERNS = "CONCERNS", "What it treats.", "Treats", "Trata"
    SERIOUS_RISKS = (
        "SERIOUS_RISKS",
        "What rarely goes badly wrong.",
        "Rare but serious risks",
        "Riesgos raros pero graves",
    )
    COST = "COST", "What it costs.", "Cost", "Precio"
    PERFORMED_BY = "PERFORMED_BY", "Who performs it.", "Performed by", "Lo realiza"


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
    """A figure; a bound of None is unknown. Only figures of the same `basis` are comparable."""

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
    """How a dimension is measured. `field` names the profile's field with the figure, if any."""

    unit: Unit
    better: Better
    figure: FigureOf
    field: str | None = None


def _range(name: str) -> FigureOf:
    """Return a function that reads a range of the profile."""
    read = attrgetter(name)

    def figure(procedure: Procedure) -> Figure:
        bounds: DayRange | CountRange | DecimalRange | None = read(procedure.profile)
        if bounds is None:
            return NOTHING_KNOWN
        typical = None if isinstance(bounds, DecimalRange) else bounds.typical
        return Figure(bounds.min, typical, bounds.max)

    return figure


def _measured(unit: Unit, better: Better, name: str) -> Measure:
    """Return the measure of a range of the profile."""
    return Measure(unit, better, _range(name), name)


def _invasiveness(procedure: Procedure) -> Figure:
    return Figure(typical=procedure.profile.invasiveness)


def _depth(procedure: Procedure) -> Figure:
    """The range from the shallowest to the deepest depth of all devices."""
    depths = [device.depth_millimeters for device in procedure.devices if device.depth_millimeters]
    least = [depth.min for depth in depths if depth.min is not None]
    most = [depth.max for depth in depths if depth.max is not None]
    return Figure(min=min(least, default=None), max=max(most, default=None))


def _cost(procedure: Procedure) -> Figure:
    """The figure of the first region; the text lists all regions."""
    if not procedure.profile.cost:
        return NOTHING_KNOWN
    first = procedure.profile.cost[0]
    return Figure(min=first.min, max=first.max, basis=cost_basis(first))


def cost_basis(cost: MoneyRange) -> tuple[str | bool | None, ...]:
    return (cost.currency, cost.per_session, cost.region)


MEASURES: Final[Mapping[Dimension, Measure]] = {
    Dimension.INVASIVENESS: Measure(Unit.SCALE_1_10, Better.LOWER, _invasiveness, "invasiveness"),
    Dimension.DISCOMFORT: _measured(Unit.SCALE_0_10, Better.LOWER, "discomfort"),
    Dimension.DOWNTIME: _measured(Unit.DAYS, Better.LOWER, "downtime"),
    Dimension.REDNESS: _measured(Unit.DAYS, Better.LOWER, "redness"),
    Dimension.SESSIONS: _measured(Unit.COUNT, Better.LOWER, "sessions"),
    Dimension.INTERVAL: _measured(Unit.DAYS, Better.NEITHER, "interval_days"),
    Dimension.SESSION_LENGTH: _measured(Unit.MINUTES, Better.LOWER, "session_minutes"),
    Dimension.RESULTS_AFTER: _measured(Unit.DAYS, Better.LOWER, "results_after"),
    Dimension.RESULTS_LAST: _measured(Unit.DAYS, Better.HIGHER, "results_last"),
    Dimension.DEPTH: Measure(Unit.MILLIMETERS, Better.NEITHER, _depth),
    Dimension.COST: Measure(Unit.MONEY, Better.LOWER, _cost, "cost"),
}
"""Dimensions that are not listed have a text but no figure."""


def sources_of(dimension: Dimension, procedure: Procedure) -> Sequence[Source]:
    """Return the sources of a procedure's value in this dimension, each once."""
    if dimension in _SOURCED_PARTS:
        return _unique(_SOURCED_PARTS[dimension](procedure))
    measure = MEASURES.get(dimension)
    field = measure.field if measure else _WORD_FIELDS[dimension]
    return procedure.profile.sources.get(field, ()) if field else ()


def _unique(sources: Sequence[Source]) -> Sequence[Source]:
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
