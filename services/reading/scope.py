"""Decides whether a sign in a text is the writer's own and present.

Denial, time, person and question are the contexts that ConText knows (Harkema and others, 2009).
Each has its module. The first that applies says why a sign does not count.
"""

from collections.abc import Sequence
from enum import StrEnum

from services.reading.denial import is_denied
from services.reading.patterns import Occurrences, Span
from services.reading.persons import is_of_another
from services.reading.places import place_of
from services.reading.questions import is_asked
from services.reading.recovery import is_over
from services.reading.things import is_of_a_thing


class Standing(StrEnum):
    AFFIRMED = "AFFIRMED"
    DENIED = "DENIED"
    OVER = "OVER"
    OTHERS = "OTHERS"
    ASKED = "ASKED"
    THINGS = "A THING'S"


def standing(spans: Sequence[Span], occurrences: Occurrences) -> Standing:
    """Whether a match counts, and if not, why."""
    place = place_of(spans, occurrences)
    if is_denied(place, occurrences):
        return Standing.DENIED
    if is_over(place, occurrences):
        return Standing.OVER
    if is_of_another(place, occurrences):
        return Standing.OTHERS
    if is_asked(place, occurrences):
        return Standing.ASKED
    return Standing.THINGS if is_of_a_thing(place, occurrences) else Standing.AFFIRMED
