"""Which procedures come into question for somebody's needs, and why or why not.

Decision support, never a diagnosis. Nothing is left out because it is excluded: it is told with
its reasons, last. What is not known of a person makes nothing sure: without a skin type, or
without having been asked about conditions, the best that is said is to ask a clinician.
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
from services.gateway.snapshot.options_wording import (
    OptionsWording,
    Wish,
    options_wording_for,
)
from services.gateway.snapshot.readable_figures import amount
from services.gateway.snapshot.snapshot import Edition, Indicated, Page
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
"""What a wish that is not met, or of which nothing is known, leaves of a score."""


@dataclass(frozen=True, slots=True)
class Needs:
    """`conditions` is None when nobody asked about them, and empty when none applies."""

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
    """`score` is from 0 to 1: how well what is known meets the needs. It says nothing of risk."""

    procedure: Page[Procedure]
    standing: Standing
    score: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one look at a procedure comes to; `factor` is what it leaves of the score."""

    reason: Reason
    standing: Standing = Standing.YES
    factor: float = 1.0


class UnknownCodes(ValueError):
    """Needs name concerns or conditions that the catalog does not have."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(", ".join(self.codes))


def procedure_options(edition: Edition, needs: Needs) -> list[Option]:
    """Every procedure that somebody studied for a concern named, the most fitting first.

    Broader entries stand aside for their variants, which differ too much to be one. Raises
    UnknownCodes: what is not known must not be passed over.
    """
    _check(edition, needs)
    words = options_wording_for(edition.catalog.locale)
    spanning = {page.entry.parent for page in edition.procedures.values()}
    options = [
        _option(page, _asked(edition, page, needs), needs, words)
        for page in edition.procedures.values()
        if page.entry.slug not in spanning and _asked(edition, page, needs)
    ]
    return sorted(options, key=_order)


def _order(option: Option) -> tuple[int, float, int, str]:
    """Of what fits equally well, the less invasive comes first."""
    entry = option.procedure.entry
    standing = _WORST_LAST.index(option.standing)
    return standing, -option.score, entry.profile.invasiveness, entry.slug


def _check(edition: Edition, needs: Needs) -> None:
    known = {term.code for term in edition.catalog.contraindications}
    unknown = [slug for slug in needs.concerns if slug not in edition.concerns]
    unknown += sorted((needs.conditions or frozenset()) - known)
    if unknown:
        raise UnknownCodes(unknown)


def _asked(edition: Edition, page: Page[Procedure], needs: Needs) -> list[Indicated]:
    treats = edition.treats(page.entry)
    return [each for each in treats if each.concern.entry.slug in needs.concerns]


def _option(
    page: Page[Procedure], asked: Sequence[Indicated], needs: Needs, words: OptionsWording
) -> Option:
    entry = page.entry
    findings = [
        *_on_evidence(asked, words),
        *_on_conditions(entry, needs, words),
        *_on_skin_type(entry, needs, words),
        *_on_wishes(page, needs, words),
    ]
    score = sum(_WEIGHT[each.indication.evidence] for each in asked) / len(needs.concerns)
    for finding in findings:
        score *= finding.factor
    return Option(
        procedure=page,
        standing=max((each.standing for each in findings), key=_WORST_LAST.index),
        score=round(score, 4),
        reasons=[each.reason for each in findings],
    )


def _on_evidence(asked: Sequence[Indicated], words: OptionsWording) -> Iterator[_Finding]:
    advised = [e for e in asked if e.indication.evidence is not EvidenceLevel.NOT_ADVISED]
    for each in asked:
        level = each.indication.evidence
        text = words.evidence[level].format(each.concern.entry.title)
        if each.indication.note:
            text = f"{text} {each.indication.note}"
        reason = Reason(text, each in advised, each.indication.sources)
        yield _Finding(reason, Standing.YES if advised else Standing.NO)


def _on_conditions(entry: Procedure, needs: Needs, words: OptionsWording) -> Iterator[_Finding]:
    if needs.conditions is None:
        yield _Finding(Reason(words.conditions_not_asked, favorable=False), Standing.ASK_CLINICIAN)
        return
    against = [each for each in entry.contraindications if each.code in needs.conditions]
    yield from (_condition(each, words) for each in against)
    silent = needs.conditions - {each.code for each in against}
    if silent:
        # That no source names a condition does not mean that it may be passed over.
        text = words.conditions_without_word.format(len(silent))
        yield _Finding(Reason(text, favorable=False), Standing.ASK_CLINICIAN)


def _condition(each: Contraindication, words: OptionsWording) -> _Finding:
    text = words.condition[each.standing].format(each.label)
    is_harmless = each.standing is Standing.YES
    return _Finding(Reason(text, is_harmless, each.sources), each.standing)


def _on_skin_type(entry: Procedure, needs: Needs, words: OptionsWording) -> Iterator[_Finding]:
    if needs.skin_type is None:
        yield _Finding(Reason(words.skin_type_not_given, favorable=False), Standing.ASK_CLINICIAN)
        return
    known = next((e for e in entry.suitability if e.skin_type is needs.skin_type), None)
    sources = entry.profile.sources.get("suitability", ())
    if known is None:
        text = words.skin_type_unknown.format(needs.skin_type)
        yield _Finding(Reason(text, favorable=False), Standing.ASK_CLINICIAN)
        return
    text = words.skin_type[known.standing].format(needs.skin_type)
    if known.note:
        text = f"{text} {known.note}"
    yield _Finding(Reason(text, known.standing is Standing.YES, sources), known.standing)


def _on_wishes(page: Page[Procedure], needs: Needs, words: OptionsWording) -> Iterator[_Finding]:
    wished = {
        Dimension.DOWNTIME: needs.max_downtime_days,
        Dimension.DISCOMFORT: needs.max_discomfort,
        Dimension.SESSIONS: needs.max_sessions,
    }
    for dimension, most in wished.items():
        if most is not None:
            yield _on_wish(page, dimension, most, words.wishes[dimension])


def _on_wish(page: Page[Procedure], dimension: Dimension, most: int, words: Wish) -> _Finding:
    """Judge by the cautious figure: the most that sources tell."""
    measure, entry = MEASURES[dimension], page.entry
    figure = measure.figure(entry)
    worst = _worst(figure)
    sources = entry.profile.sources.get(measure.field or "", ())
    within, beyond, unknown = words
    if worst is None:
        return _Finding(Reason(unknown, favorable=False), factor=_UNKNOWN_WISH)
    wording = wording_for(page.edition.catalog.locale)
    if worst <= most:
        text = within.format(figure_text(figure, measure.unit, wording))
        return _Finding(Reason(text, favorable=True, sources=sources))
    said, wished = (amount(each, measure.unit, wording) for each in (worst, most))
    reason = Reason(beyond.format(said, wished), favorable=False, sources=sources)
    return _Finding(reason, factor=_UNMET_WISH)


def _worst(figure: Figure) -> float | None:
    return figure.max if figure.max is not None else figure.typical
