"""Decides whether a sign is another person's: a child's, a friend's, a dog's.

It belongs to the last person named before it, as ConText has it (Harkema and others, 2009). What
others say of the writer (“my husband says my face is red”) is the writer's own.
"""

from typing import Final

from services.reading.patterns import Occurrences
from services.reading.places import Place

_SAYS_AFTER: Final = 4
_SAYS_BEFORE: Final = 3
_OWNER_AFTER: Final = 5
"""Words after a sign that may name whose it is: “a fever, my son”."""


def is_of_another(place: Place, occurrences: Occurrences) -> bool:
    if any(place.last < at < place.end for at, _ in occurrences.of("FOR_ME")):
        return False
    if _excludes_oneself(place, occurrences):
        return True
    start = _start_of_topic(place, occurrences)
    others = [
        at
        for at, _ in occurrences.of("OTHER_PERSON")
        if start <= at < place.first
        and not _is_comparison(at, occurrences)
        and not _is_named_reporter(at, occurrences)
        and not _is_addressed(at, occurrences)
    ]
    asides = {at for begin, end in occurrences.of("ASIDE") for at in range(begin, end)}
    own = [
        at
        for at, _ in occurrences.of("ONESELF")
        if start <= at <= place.last
        and at not in asides
        and not occurrences.starts_at("OTHER_PERSON", at + 1)
    ]
    moments = occurrences.lists.of("MOMENTS")
    says = [at for at, _ in occurrences.of("SAYS") if occurrences.word(at - 1) not in moments]
    if others:
        other = others[-1]
        return not any(at > other for at in own) and not any(
            other < at <= place.last for at in says
        )
    if own or any(place.last < at <= place.last + _SAYS_AFTER for at in says):
        return False
    return _is_owned_after(place, occurrences)


def _excludes_oneself(place: Place, occurrences: Occurrences) -> bool:
    """“Mi suegra tiene el labio hinchado, yo no”, “everyone has a fever except me”."""
    names_other = any(place.start <= at < place.end for at, _ in occurrences.of("OTHER_PERSON"))
    return names_other and any(
        place.last < start < place.end and not _begins_statement(end, occurrences)
        for start, end in occurrences.of("NOT_ME")
    )


def _begins_statement(at: int, occurrences: Occurrences) -> bool:
    """Whether “yo no” goes on: “yo no puedo respirar”."""
    word = occurrences.word(at)
    return word.isalpha() and word not in occurrences.lists.of("LAUGHS")


def _start_of_topic(place: Place, occurrences: Occurrences) -> int:
    """Where the sentence begins, or the last “thirdly” or “anyway” in it."""
    topics = [
        end for start, end in occurrences.of("NEW_TOPIC") if place.start <= start < place.first
    ]
    return max(topics, default=place.start)


def _is_named_reporter(at: int, occurrences: Occurrences) -> bool:
    """“Dice mi esposo, …”: who said it, and no owner of what follows."""
    after = occurrences.word(at + 1)
    return (
        not after.isalpha()
        and occurrences.word(at - 1) in occurrences.lists.of("POINTS_AT_PERSON")
        and occurrences.starts_at("SAYS", at - 2)
    )


def _is_addressed(at: int, occurrences: Occurrences) -> bool:
    """“Me dijo, comadre, eso está infectado”: the writer, whom another speaks to."""
    lists = occurrences.lists
    return (
        occurrences.word(at) in lists.of("VOCATIVES")
        and occurrences.word(at - 1) not in lists.of("POINTS_AT_PERSON")
        and occurrences.word(at - 1) not in lists.of("THE")
        and any(at - _SAYS_BEFORE <= place < at for place, _ in occurrences.of("SAYS"))
    )


def _is_comparison(at: int, occurrences: Occurrences) -> bool:
    """“As a nurse”, “like a baby”."""
    lists = occurrences.lists
    return occurrences.word(at - 1) in lists.of("ARTICLES") and occurrences.word(
        at - 2
    ) in lists.of("COMPARES")


def _is_owned_after(place: Place, occurrences: Occurrences) -> bool:
    """Whether a person after the sign has it: “fever in my son”, but not “fever, says my son”."""
    lists = occurrences.lists
    return any(
        place.last < at <= place.last + _OWNER_AFTER
        and at < place.end
        and occurrences.word(at - 1) in lists.of("POINTS_AT_PERSON")
        and occurrences.word(at - 2) not in lists.of("ACCORDING_TO")
        for at, _ in occurrences.of("OTHER_PERSON")
    )
