"""Decides whether a sign is another person's: a child's, a friend's, a dog's.

It belongs to the last person named before it, as ConText has it (Harkema and others, 2009). What
others say of the writer (“my husband says my face is red”) is the writer's own.
"""

from typing import Final

from services.reading.patterns import Occurrences
from services.reading.places import Place

_SAYS_AFTER: Final = 4
_OWNER_AFTER: Final = 5
"""Words after a sign that may name whose it is: “a fever, my son”."""


def is_of_another(place: Place, occurrences: Occurrences) -> bool:
    if any(place.last < at < place.end for at, _ in occurrences.of("FOR_ME")):
        return False
    others = [
        at
        for at, _ in occurrences.of("OTHER_PERSON")
        if place.start <= at < place.first and not _is_comparison(at, occurrences)
    ]
    own = [
        at
        for at, _ in occurrences.of("ONESELF")
        if place.start <= at <= place.last and not occurrences.starts_at("OTHER_PERSON", at + 1)
    ]
    says = [at for at, _ in occurrences.of("SAYS")]
    if others:
        other = others[-1]
        return not any(at > other for at in own) and not any(
            other < at <= place.last for at in says
        )
    if own or any(place.last < at <= place.last + _SAYS_AFTER for at in says):
        return False
    return _is_owned_after(place, occurrences)


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
