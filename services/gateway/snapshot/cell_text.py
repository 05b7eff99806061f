"""What a cell of a comparison says, ready to show."""

from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.catalog import MoneyRange, Procedure, Rarity, Standing
from services.gateway.snapshot.dimensions import MEASURES, Dimension, Figure, Unit
from services.gateway.snapshot.readable_figures import amount, money, spread, territory
from services.gateway.snapshot.snapshot import Page
from services.gateway.snapshot.wording import Wording


def text_of(dimension: Dimension, page: Page[Procedure], wording: Wording) -> str | None:
    """The cell's words; None when nothing is known."""
    in_words = _IN_WORDS.get(dimension)
    if in_words:
        return in_words(page, wording) or None
    measure = MEASURES[dimension]
    return figure_text(measure.figure(page.entry), measure.unit, wording)


def figure_text(figure: Figure, unit: Unit, wording: Wording) -> str | None:
    """As in “2–4 days, typically 3 days”; None when nothing is known."""
    ends = spread(figure.min, figure.max, unit, wording)
    typical = None if figure.typical is None else amount(figure.typical, unit, wording)
    if ends and typical and typical != ends:
        return wording.typically.format(ends, typical)
    return ends or typical


def _anesthesia(page: Page[Procedure], _wording: Wording) -> str:
    return page.entry.profile.anesthesia or ""


def _performed_by(page: Page[Procedure], _wording: Wording) -> str:
    return page.entry.profile.performed_by


def _skin_types(page: Page[Procedure], wording: Wording) -> str:
    """As in “I, II, III: suitable; VI: with care”."""
    groups: dict[Standing, list[str]] = {}
    for each in page.entry.suitability:
        groups.setdefault(each.standing, []).append(each.skin_type.value)
    return "; ".join(
        f"{', '.join(groups[standing])}: {wording.standings[standing]}"
        for standing in Standing
        if standing in groups
    )


def _concerns(page: Page[Procedure], _wording: Wording) -> str:
    return ", ".join(each.concern.entry.title for each in page.edition.treats(page.entry))


def _serious_risks(page: Page[Procedure], _wording: Wording) -> str:
    """Nothing listed is unknown: that no source names a risk does not mean there is none."""
    risks = (each for each in page.entry.side_effects if each.rarity == Rarity.RARE_SERIOUS)
    return "; ".join(risk.name for risk in risks)  # names have commas of their own


def _cost(page: Page[Procedure], wording: Wording) -> str:
    return "; ".join(_cost_text(cost, wording) for cost in page.entry.profile.cost)


def _cost_text(cost: MoneyRange, wording: Wording) -> str:
    """As in “USD 200–700 per session (United States, 2023)”."""
    each = wording.per_session if cost.per_session else wording.in_total
    place = territory(cost.region, wording.locale) if cost.region else None
    where = ", ".join(str(part) for part in (place, cost.year) if part)
    return each.format(money(cost.min, cost.max, cost.currency, wording)) + (
        f" ({where})" if where else ""
    )


_IN_WORDS: Final[Mapping[Dimension, Callable[[Page[Procedure], Wording], str]]] = {
    Dimension.ANESTHESIA: _anesthesia,
    Dimension.PERFORMED_BY: _performed_by,
    Dimension.SKIN_TYPES: _skin_types,
    Dimension.CONCERNS: _concerns,
    Dimension.SERIOUS_RISKS: _serious_risks,
    Dimension.COST: _cost,
}
