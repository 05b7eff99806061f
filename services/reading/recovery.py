"""Decides whether a sign is over: long ago, gone, or less than it was.

“Is gone” speaks of the sign right before it, “menos dolor” of the one right after it, and “but it
has healed” of all before it. A denial (“has not gone”) or a return (“and now it is back”) undoes
them, and “gone red” is no recovery.
"""

from typing import Final

from services.reading.patterns import Occurrences, Span
from services.reading.places import Place

_AFTER: Final = 5
"""Words after a sign in which “is gone” speaks of it."""
_RESOLVED_AFTER: Final = 12
"""The same for “but it has gone”, which speaks of all before it."""
_DENIED_WITHIN: Final = 3
_LESS_DENIED_WITHIN: Final = 2
_LESS_BEFORE: Final = 2
_GONE: Final = "gone"
_NO_LONGER: Final = ["ya", "no"]


def is_over(place: Place, occurrences: Occurrences) -> bool:
    has_ended = (
        any(place.start <= at < place.end for at, _ in occurrences.of("LONG_AGO"))
        or _is_gone(place, occurrences)
        or _is_less(place, occurrences)
        or _is_resolved(place, occurrences)
        or _ends_with_no_longer(place, occurrences)
    )
    return has_ended and not _returns(place.last, occurrences)


def _is_gone(place: Place, occurrences: Occurrences) -> bool:
    """“The fever is gone”, “ya paró el sangrado”."""
    for span in occurrences.of("IS_OVER"):
        if _goes_on(span, occurrences):
            continue
        start, end = span
        is_after = place.last < start <= place.last + _AFTER and start < place.end
        if is_after and _speaks_of(place.last, start, occurrences):
            if not _is_undone(place.last, start, occurrences):
                return True
        elif place.start <= start and end <= place.first <= end + 1:
            begin = max(place.start, start - _DENIED_WITHIN)
            if not _is_undone(begin, start, occurrences):
                return True
    return False


def _goes_on(span: Span, occurrences: Occurrences) -> bool:
    """“Gone red”, “gone from a mutter to a roar”, “cuando me paro”."""
    start, end = span
    is_change = occurrences.words[start] == _GONE and occurrences.word(end) in occurrences.lists.of(
        "GONE_ON"
    )
    return is_change or any(
        first <= start and end <= last for first, last in occurrences.of("NOT_OVER")
    )


def _speaks_of(last: int, start: int, occurrences: Occurrences) -> bool:
    """Whether no other statement begins between a sign and “is gone”."""
    meanwhile = occurrences.lists.of("MEANWHILE")
    return not any(
        occurrences.starts_at("ENDS_DENIAL", at) and occurrences.words[at] not in meanwhile
        for at in range(last + 1, start)
    )


def _is_undone(begin: int, end: int, occurrences: Occurrences) -> bool:
    """“Has not gone”, “won't stop”."""
    return any(begin <= at < end for at, _ in occurrences.of("DENIES")) or any(
        begin <= at <= end for at, _ in occurrences.of("WONT_STOP")
    )


def _is_less(place: Place, occurrences: Occurrences) -> bool:
    """“Less pain”, but not “less than …” and not “no less pain”."""
    than = occurrences.lists.of("THAN")
    return any(
        place.start <= start
        and end <= place.first <= end + _LESS_BEFORE
        and occurrences.words[end] not in than
        and not any(start - _LESS_DENIED_WITHIN <= at < start for at, _ in occurrences.of("DENIES"))
        and not any(start - 1 <= at <= start for at, _ in occurrences.of("WONT_STOP"))
        for start, end in occurrences.of("LESS")
    )


def _is_resolved(place: Place, occurrences: Occurrences) -> bool:
    return any(
        place.last < at <= place.last + _RESOLVED_AFTER and at < place.end
        for at, _ in occurrences.of("RESOLVED")
    )


def _ends_with_no_longer(place: Place, occurrences: Occurrences) -> bool:
    """Whether the sentence ends like “tuve fiebre, pero ya no”."""
    after = occurrences.words[place.last + 1 : place.end]
    return [word for word in after if word.isalpha()][-len(_NO_LONGER) :] == _NO_LONGER


def _returns(last: int, occurrences: Occurrences) -> bool:
    """Whether the sign is back: “it stopped, and now it is back”."""
    return any(
        last < at
        and not any(at - _DENIED_WITHIN <= start < at for start, _ in occurrences.of("DENIES"))
        for at, _ in occurrences.of("RETURNS")
    )
