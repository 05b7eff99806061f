"""Decides whether a sign is only asked about or imagined.

“What if I get a fever”, “call you if it bleeds” and “do blisters happen often?” state nothing. “Not
sure if it is pus” and “are swollen lips normal?” speak of what the writer has.
"""

from typing import Final

from services.reading.denial import REACH
from services.reading.patterns import Occurrences
from services.reading.places import Place

_SHORT_QUESTION: Final = 3
_OPENING_MARK: Final = "\u00bf"


def is_asked(place: Place, occurrences: Occurrences) -> bool:
    return (
        _is_only_asked(place, occurrences)
        or _is_hypothetical(place, occurrences)
        or _is_conditional(place, occurrences)
        or _is_general_question(place, occurrences)
    )


def _is_only_asked(place: Place, occurrences: Occurrences) -> bool:
    """Whether “what if” stands before the sign, and no “but” or “because” between them."""
    return any(
        place.start <= at <= place.first and not _states(end, place.first, occurrences)
        for at, end in occurrences.of("ONLY_ASKED")
    )


def _is_hypothetical(place: Place, occurrences: Occurrences) -> bool:
    """“…? Just asking”: in the sentence of the sign, or right after it."""
    return any(place.last < at <= place.end for at, _ in occurrences.of("HYPOTHETICAL"))


def _states(start: int, end: int, occurrences: Occurrences) -> bool:
    stating = occurrences.lists.of("STATES")
    return any(
        occurrences.words[at] in stating and occurrences.starts_at("ENDS_DENIAL", at)
        for at in range(start, end)
    )


def _is_conditional(place: Place, occurrences: Occurrences) -> bool:
    """“I call you if it bleeds”. “Not sure if it is pus” states that something is there."""
    conditions = occurrences.of("IF")
    if not conditions:
        return False
    exempt = {at for start, end in occurrences.of("NOT_IF") for at in range(start, end)}
    return any(
        place.start <= at < place.first <= at + REACH
        and at not in exempt
        and not any(
            occurrences.starts_at("ENDS_DENIAL", between) for between in range(at + 1, place.first)
        )
        for at, _ in conditions
    )


def _is_general_question(place: Place, occurrences: Occurrences) -> bool:
    """“Do blisters happen often?” asks about nobody, “are swollen lips normal?” about oneself.

    “With this laser” speaks of the treatment that all have.
    """
    start, end = place.start, place.end
    words = occurrences.words[start:end]
    if not occurrences.lists.of("NORMAL").isdisjoint(words):
        return False
    is_question = any(start <= at <= start + 1 for at, _ in occurrences.of("ASKS")) or (
        len(words) > _SHORT_QUESTION and (_OPENING_MARK in words or words[-1] == "?")
    )
    treatment = {
        at for begin, after in occurrences.of("THIS_TREATMENT") for at in range(begin, after)
    }
    return is_question and not any(
        start <= at < end and at not in treatment for at, _ in occurrences.of("HERE")
    )
