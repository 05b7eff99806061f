"""The texts of the cells of a comparison, ready to show."""

from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.catalog import MoneyRange, Procedure, Rarity, Standing
from services.gateway.snapshot.dimensions import MEASURES, Dimension, Figure, Unit
from services.gateway.snapshot.readable_figures import amount, money, spread, territory
from services.gateway.snapshot.snapshot import LocalizedEntry
from services.gateway.snapshot.wording import Wording


def text_of(
    dimension: Dimension, procedure: LocalizedEntry[Procedure], wording: Wording
) -> str | None:
    """Return the text of a cell, or None if nothing is known."""
    write = _WRITERS.get(dimension)
    if write:
        return write(procedure, wording) or None
    measure = MEASURES[dimension]
    return figure_text(measure.figure(procedure.entry), measure.unit, wording)


def figure_text(figure: Figure, unit: Unit, wording: Wording) -> str | None:
    """Format a figure, as in “2–4 days, typically 3 days”. Returns None if nothing is known."""
    ends = spread(figure.min, figure.max, unit, wording)
    typical = None if figure.typical is None else amount(figure.typical, unit, wording)
    if ends and typical and typical != ends:
        return wording.typically.format(ends, typical)
    return ends or typical


def _anesthesia(procedure: LocalizedEntry[Procedure], _wording: Wording) -> str:
    return procedure.entry.profile.anesthesia or ""


def _performed_by(procedure: LocalizedEntry[Procedure], _wording: Wording) -> str:
    return procedure.entry.profile.performed_by


def _skin_types(procedure: LocalizedEntry[Procedure], wording: Wording) -> str:
    """As in “I, II, III: suitable; VI: with care”."""
    groups: dict[Standing, list[str]] = {}
    for suitability in procedure.entry.suitability:
        groups.setdefault(suitability.standing, []).append(suitability.skin_type.value)
    return "; ".join(
        f"{', '.join(groups[standing])}: {wording.standings[standing]}"
        for standing in Standing
        if standing in groups
    )


def _concerns(procedure: LocalizedEntry[Procedure], _wording: Wording) -> str:
    return ", ".join(
        treated.concern.entry.title for treated in procedure.edition.treats(procedure.entry)
    )


def _serious_risks(procedure: LocalizedEntry[Procedure], _wording: Wording) -> str:
    """Without a listed risk the cell is unknown: sources that name no risk do not rule it out."""
    risks = (
        effect.name
        for effect in procedure.entry.side_effects
        if effect.rarity == Rarity.RARE_SERIOUS
    )
    return "; ".join(risks)  # names contain commas


def _cost(procedure: LocalizedEntry[Procedure], wording: Wording) -> str:
    return "; ".join(_cost_text(cost, wording) for cost in procedure.entry.profile.cost)


def _cost_text(cost: MoneyRange, wording: Wording) -> str:
    """As in “USD 200–700 per session (United States, 2023)”."""
    template = wording.per_session if cost.per_session else wording.in_total
    price = template.format(money(cost.min, cost.max, cost.currency, wording))
    region = territory(cost.region, wording.locale) if cost.region else None
    details = ", ".join(str(part) for part in (region, cost.year) if part)
    return f"{price} ({details})" if details else price


_WRITERS: Final[Mapping[Dimension, Callable[[LocalizedEntry[Procedure], Wording], str]]] = {
    Dimension.ANESTHESIA: _anesthesia,
    Dimension.PERFORMED_BY: _performed_by,
    Dimension.SKIN_TYPES: _skin_types,
    Dimension.CONCERNS: _concerns,
    Dimension.SERIOUS_RISKS: _serious_risks,
    Dimension.COST: _cost,
}
