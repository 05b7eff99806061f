"""Procedure options: which procedures suit a person's needs, and why or why not.

This is decision support, never a diagnosis. Excluded procedures are listed too: last, and with the
reasons. If the skin type is unknown or nobody asked about conditions, the best standing of any
procedure is to ask a clinician.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.catalog import (
    Contraindication,
    EvidenceLevel,
    Procedure,
    SkinType,
    Source,
    Standing,
)
from services.gateway.snapshot.cell_text import figure_text
from services.gateway.snapshot.dimensions import MEASURES, Dimension, Figure
from services.gateway.snapshot.options_wording import OptionsWording, Wish, options_wording_for
from services.gateway.snapshot.readable_figures import amount
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry, LocalizedIndication
from services.gateway.snapshot.wording import wording_for

_WORST_LAST: Final = tuple(Standing)
_WEIGHT: Final = {
    EvidenceLevel.STRONG: 1.0,
    EvidenceLevel.MODERATE: 0.75,
    EvidenceLevel.LIMITED: 0.45,
    EvidenceLevel.VERY_LIMITED: 0.2,
    EvidenceLevel.NOT_ADVISED: 0.0,
}
_UNMET_WISH: Final = 0.5
_UNKNOWN_WISH: Final = 0.75
"""The factors of a score for a wish that is not met, and for one that cannot be checked."""


@dataclass(frozen=True, slots=True)
class Needs:
    """`conditions` is None if nobody asked about them, and empty if none applies."""

    concerns: tuple[str, ...]
    skin_type: SkinType | None = None
    max_downtime_days: int | None = None
    max_discomfort: int | None = None
    max_sessions: int | None = None
    conditions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    text: str
    favorable: bool
    sources: Sequence[Source] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """`score` tells how well the known facts meet the needs, from 0 to 1. It does not rate risk."""

    procedure: LocalizedEntry[Procedure]
    standing: Standing
    score: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class _Finding:
    """The result of one check of a procedure; the score is multiplied by `factor`."""

    reason: Reason
    standing: Standing = Standing.YES
    factor: float = 1.0


class UnknownCodes(ValueError):
    """The needs contain concerns or conditions that the catalog does not have."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(", ".join(self.codes))


def procedure_options(edition: Edition, needs: Needs) -> list[Option]:
    """Return every procedure with evidence for one of the concerns, the best option first.

    An entry with variants is left out: its variants, which differ too much, are listed instead.
    Raises UnknownCodes, because an unknown condition must not be ignored.
    """
    _check(edition, needs)
    wording = options_wording_for(edition.catalog.locale)
    parents = {procedure.entry.parent for procedure in edition.procedures.values()}
    options = [
        _option(procedure, indications, needs, wording)
        for procedure in edition.procedures.values()
        if procedure.entry.slug not in parents
        and (indications := _indications(edition, procedure, needs))
    ]
    return sorted(options, key=_order)


def _order(option: Option) -> tuple[int, float, int, str]:
    """Of equal options, the less invasive comes first."""
    entry = option.procedure.entry
    standing = _WORST_LAST.index(option.standing)
    return standing, -option.score, entry.profile.invasiveness, entry.slug


def _check(edition: Edition, needs: Needs) -> None:
    conditions = {term.code for term in edition.catalog.contraindications}
    unknown = [slug for slug in needs.concerns if slug not in edition.concerns]
    unknown += sorted((needs.conditions or frozenset()) - conditions)
    if unknown:
        raise UnknownCodes(unknown)


def _indications(
    edition: Edition, procedure: LocalizedEntry[Procedure], needs: Needs
) -> list[LocalizedIndication]:
    return [
        treated
        for treated in edition.treats(procedure.entry)
        if treated.concern.entry.slug in needs.concerns
    ]


def _option(
    procedure: LocalizedEntry[Procedure],
    indications: Sequence[LocalizedIndication],
    needs: Needs,
    wording: OptionsWording,
) -> Option:
    entry = procedure.entry
    findings = [
        *_evidence(indications, wording),
        *_conditions(entry, needs, wording),
        *_skin_type(entry, needs, wording),
        *_wishes(procedure, needs, wording),
    ]
    weights = [_WEIGHT[treated.indication.evidence] for treated in indications]
    score = sum(weights) / len(needs.concerns)
    for finding in findings:
        score *= finding.factor
    return Option(
        procedure=procedure,
        standing=max((finding.standing for finding in findings), key=_WORST_LAST.index),
        score=round(score, 4),
        reasons=[finding.reason for finding in findings],
    )


def _evidence(
    indications: Sequence[LocalizedIndication], wording: OptionsWording
) -> Iterator[_Finding]:
    is_advised = [
        treated.indication.evidence is not EvidenceLevel.NOT_ADVISED for treated in indications
    ]
    for treated, favorable in zip(indications, is_advised, strict=True):
        indication = treated.indication
        text = wording.evidence[indication.evidence].format(treated.concern.entry.title)
        if indication.note:
            text = f"{text} {indication.note}"
        reason = Reason(text, favorable, indication.sources)
        yield _Finding(reason, Standing.YES if any(is_advised) else Standing.NO)


def _conditions(entry: Procedure, needs: Needs, wording: OptionsWording) -> Iterator[_Finding]:
    if needs.conditions is None:
        yield _Finding(
            Reason(wording.conditions_not_asked, favorable=False), Standing.ASK_CLINICIAN
        )
        return
    listed = [term for term in entry.contraindications if term.code in needs.conditions]
    yield from (_condition(term, wording) for term in listed)
    unlisted = needs.conditions - {term.code for term in listed}
    if unlisted:
        # A condition that no source mentions is not known to be safe.
        text = wording.conditions_without_word.format(len(unlisted))
        yield _Finding(Reason(text, favorable=False), Standing.ASK_CLINICIAN)


def _condition(term: Contraindication, wording: OptionsWording) -> _Finding:
    text = wording.condition[term.standing].format(term.label)
    is_harmless = term.standing is Standing.YES
    return _Finding(Reason(text, is_harmless, term.sources), term.standing)


def _skin_type(entry: Procedure, needs: Needs, wording: OptionsWording) -> Iterator[_Finding]:
    if needs.skin_type is None:
        yield _Finding(Reason(wording.skin_type_not_given, favorable=False), Standing.ASK_CLINICIAN)
        return
    suitability = next((row for row in entry.suitability if row.skin_type is needs.skin_type), None)
    sources = entry.profile.sources.get("suitability", ())
    if suitability is None:
        text = wording.skin_type_unknown.format(needs.skin_type)
        yield _Finding(Reason(text, favorable=False), Standing.ASK_CLINICIAN)
        return
    text = wording.skin_type[suitability.standing].format(needs.skin_type)
    if suitability.note:
        text = f"{text} {suitability.note}"
    yield _Finding(
        Reason(text, suitability.standing is Standing.YES, sources), suitability.standing
    )


def _wishes(
    procedure: LocalizedEntry[Procedure], needs: Needs, wording: OptionsWording
) -> Iterator[_Finding]:
    limits = {
        Dimension.DOWNTIME: needs.max_downtime_days,
        Dimension.DISCOMFORT: needs.max_discomfort,
        Dimension.SESSIONS: needs.max_sessions,
    }
    for dimension, limit in limits.items():
        if limit is not None:
            yield _wish(procedure, dimension, limit, wording.wishes[dimension])


def _wish(
    procedure: LocalizedEntry[Procedure], dimension: Dimension, limit: int, texts: Wish
) -> _Finding:
    """Compare the limit with the cautious figure: the highest in the sources."""
    measure, entry = MEASURES[dimension], procedure.entry
    figure = measure.figure(entry)
    worst = _worst(figure)
    sources = entry.profile.sources.get(measure.field or "", ())
    within, beyond, unknown = texts
    if worst is None:
        return _Finding(Reason(unknown, favorable=False), factor=_UNKNOWN_WISH)
    wording = wording_for(procedure.edition.reader)
    if worst <= limit:
        text = within.format(figure_text(figure, measure.unit, wording))
        return _Finding(Reason(text, favorable=True, sources=sources))
    figures = [amount(value, measure.unit, wording) for value in (worst, limit)]
    reason = Reason(beyond.format(*figures), favorable=False, sources=sources)
    return _Finding(reason, factor=_UNMET_WISH)


def _worst(figure: Figure) -> float | None:
    return figure.max if figure.max is not None else figure.typical
