"""Comparing procedures side by side, without ever preferring what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import Procedure, Source, Verdict
from services.gateway.snapshot.cell_text import text_of
from services.gateway.snapshot.dimensions import (
    MEASURES,
    NOTHING_KNOWN,
    Better,
    Dimension,
    Figure,
    Unit,
    sources_of,
)
from services.gateway.snapshot.snapshot import Edition, Page
from services.gateway.snapshot.wording import Wording, wording_for

FEWEST: Final = 2
MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    procedure: Page[Procedure]
    text: str
    min: float | None
    typical: float | None
    max: float | None
    is_best: bool
    is_unknown: bool
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class Row:
    dimension: Dimension
    label: str
    unit: Unit | None
    better: Better
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cells follow the order of `procedures`."""

    procedures: Sequence[Page[Procedure]]
    unknown_slugs: Sequence[str]
    rows: Sequence[Row]
    verdicts: Sequence[Verdict]
    guidance: str


def compare(
    edition: Edition, slugs: Sequence[str], dimensions: Iterable[Dimension] | None
) -> Comparison:
    """Compare what is known of these; a slug named twice counts once."""
    unique = list(dict.fromkeys(slugs))
    pages = edition.known_procedures(unique)
    wanted = dict.fromkeys(Dimension if dimensions is None else dimensions)
    wording = wording_for(edition.catalog.locale)
    return Comparison(
        procedures=pages,
        unknown_slugs=[slug for slug in unique if slug not in edition.procedures],
        rows=[_row(dimension, pages, wording) for dimension in wanted],
        verdicts=_verdicts(edition, {page.entry.slug for page in pages}),
        guidance=edition.catalog.guidance,
    )


def _verdicts(edition: Edition, compared: set[str]) -> list[Verdict]:
    """Those about nothing but what is compared."""
    return [each for each in edition.catalog.verdicts if compared.issuperset(each.procedures)]


def _row(dimension: Dimension, pages: Sequence[Page[Procedure]], wording: Wording) -> Row:
    measure = MEASURES.get(dimension)
    figures = [measure.figure(page.entry) if measure else NOTHING_KNOWN for page in pages]
    better = measure.better if measure else Better.NEITHER
    best = _best(pages, figures, better)
    return Row(
        dimension=dimension,
        label=wording.labels[dimension],
        unit=measure.unit if measure else None,
        better=better,
        cells=[
            _cell(dimension, page, figure, wording, is_best=page in best)
            for page, figure in zip(pages, figures, strict=True)
        ],
    )


def _cell(
    dimension: Dimension,
    page: Page[Procedure],
    figure: Figure,
    wording: Wording,
    *,
    is_best: bool,
) -> Cell:
    text = text_of(dimension, page, wording)
    return Cell(
        procedure=page,
        text=text or wording.unknown,
        min=figure.min,
        typical=figure.typical,
        max=figure.max,
        is_best=is_best,
        is_unknown=text is None,
        sources=sources_of(dimension, page.entry),
    )


def _best(
    pages: Sequence[Page[Procedure]], figures: Sequence[Figure], better: Better
) -> list[Page[Procedure]]:
    """Those that no other beats, when that says something.

    Needs two known figures on one basis that can be told apart. A broader entry stands aside,
    also where its variants are not compared: its figures span what differs too much to be one.
    """
    if better == Better.NEITHER:
        return []
    known = [
        (page, figure)
        for page, figure in zip(pages, figures, strict=True)
        if figure.is_known and not page.edition.variants_of(page.entry)
    ]
    if len(known) < FEWEST or len({figure.basis for _, figure in known}) > 1:
        return []
    best = [
        page
        for page, figure in known
        if all(_is_as_good(figure, other, better) for _, other in known)
    ]
    return best if len(best) < len(known) else []


def _is_as_good(figure: Figure, other: Figure, better: Better) -> bool:
    """At least as good in every bound that both know.

    Both must know what is usual, or the bound that tells the worst: “at least 2 days” says
    nothing of how much better it is than “1 to 5”.
    """
    lower = better == Better.LOWER
    telling = (figure.typical, figure.max if lower else figure.min)
    others = (other.typical, other.max if lower else other.min)
    if not any(None not in pair for pair in zip(telling, others, strict=True)):
        return False
    pairs = zip(figure.bounds, other.bounds, strict=True)
    known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    return all(mine <= theirs if lower else mine >= theirs for mine, theirs in known)
