"""Compares procedures side by side. An unknown figure is never the best."""

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
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry
from services.gateway.snapshot.wording import Wording, wording_for

MIN_PROCEDURES: Final = 2
MAX_PROCEDURES: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of a procedure in a dimension; `figure` has no bounds if only a text is."""

    procedure: LocalizedEntry[Procedure]
    text: str
    figure: Figure
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

    procedures: Sequence[LocalizedEntry[Procedure]]
    unknown_slugs: Sequence[str]
    rows: Sequence[Row]
    verdicts: Sequence[Verdict]
    guidance: str


def compare(
    edition: Edition, slugs: Sequence[str], dimensions: Iterable[Dimension] | None
) -> Comparison:
    """Compare these procedures in these dimensions, or in all. Repeated slugs count once."""
    unique = list(dict.fromkeys(slugs))
    procedures = edition.find_procedures(unique)
    selected = dict.fromkeys(Dimension if dimensions is None else dimensions)
    wording = wording_for(edition.reader)
    return Comparison(
        procedures=procedures,
        unknown_slugs=[slug for slug in unique if slug not in edition.procedures],
        rows=[_row(dimension, procedures, wording) for dimension in selected],
        verdicts=_verdicts(edition, {procedure.entry.slug for procedure in procedures}),
        guidance=edition.catalog.guidance,
    )


def _verdicts(edition: Edition, compared: set[str]) -> list[Verdict]:
    """Return the verdicts that mention only compared procedures."""
    return [
        verdict for verdict in edition.catalog.verdicts if compared.issuperset(verdict.procedures)
    ]


def _row(
    dimension: Dimension, procedures: Sequence[LocalizedEntry[Procedure]], wording: Wording
) -> Row:
    measure = MEASURES.get(dimension)
    figures = [
        measure.figure(procedure.entry) if measure else NOTHING_KNOWN for procedure in procedures
    ]
    better = measure.better if measure else Better.NEITHER
    best = _best(procedures, figures, better)
    return Row(
        dimension=dimension,
        label=dimension.labels[wording.language],
        unit=measure.unit if measure else None,
        better=better,
        cells=[
            _cell(dimension, procedure, figure, wording, is_best=procedure in best)
            for procedure, figure in zip(procedures, figures, strict=True)
        ],
    )


def _cell(
    dimension: Dimension,
    procedure: LocalizedEntry[Procedure],
    figure: Figure,
    wording: Wording,
    *,
    is_best: bool,
) -> Cell:
    text = text_of(dimension, procedure, wording)
    return Cell(
        procedure=procedure,
        text=text or wording.unknown,
        figure=figure,
        is_best=is_best,
        is_unknown=text is None,
        sources=sources_of(dimension, procedure.entry),
    )


def _best(
    procedures: Sequence[LocalizedEntry[Procedure]], figures: Sequence[Figure], better: Better
) -> list[LocalizedEntry[Procedure]]:
    """Return the procedures with the best known figure, if the figures are comparable and differ.

    At least two figures must be known, all on one basis. An entry with variants is left out even if
    its variants are not compared: its figures cover procedures that differ too much.
    """
    if better == Better.NEITHER:
        return []
    candidates = [
        (procedure, figure)
        for procedure, figure in zip(procedures, figures, strict=True)
        if figure.is_known and not procedure.edition.variants_of(procedure.entry)
    ]
    if len(candidates) < MIN_PROCEDURES or len({figure.basis for _, figure in candidates}) > 1:
        return []
    best = [
        procedure
        for procedure, figure in candidates
        if all(_is_as_good(figure, other, better) for _, other in candidates)
    ]
    return best if len(best) < len(candidates) else []


def _is_as_good(figure: Figure, other: Figure, better: Better) -> bool:
    """Whether the figure is at least as good as the other in every bound that both have.

    Both must have the typical value or the worst bound: “at least 2 days” cannot be compared with
    “1 to 5 days”.
    """
    lower = better == Better.LOWER
    decisive = (figure.typical, figure.max if lower else figure.min)
    other_decisive = (other.typical, other.max if lower else other.min)
    if not any(None not in pair for pair in zip(decisive, other_decisive, strict=True)):
        return False
    pairs = zip(figure.bounds, other.bounds, strict=True)
    shared = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    return all(mine <= theirs if lower else mine >= theirs for mine, theirs in shared)
