"""Decides whether a sign is a thing's and no body's: a server, a plant, a film, a team.

It is, if a thing is the subject right before it (“the spreadsheet is hemorrhaging cells”) or its
object right after it (“passed out certificates”), and if the sentence names no part of a body and
the text no care. “Fainted in the car” and “bleeding on the couch” have a thing after a preposition:
they tell where, and count.
"""

from typing import Final

from services.reading.patterns import Occurrences
from services.reading.places import Place

_SUBJECT_BEFORE: Final = 3
"""Words between a thing and the sign that it has."""
_SAYS_MORE: Final = 2
"""Words beside a sign that say more than the sign."""
_OBJECT_AFTER: Final = 3
"""How far after a sign its object stands: “fiebre por el mundial”."""
_BODY: Final = (
    "SKIN_PART", "FACE_PART", "MOUTH_PART", "AIRWAY", "CHEST", "HEART", "EYE", "LIMB", "DRESSING",
    "SIGHT_TOPIC",
)  # fmt: skip
_NOT_OF_COLD: Final = ("FACE_PART", "CHEST", "FEVER", "SHAKE", "DEAD_COLOR", "ONE_SIDE")
_A_THING_HAS: Final = (
    "COLLAPSE", "FEVER", "BLEED", "SHAKE", "BLISTER", "BURN", "BURNING", "HOT", "PAIN", "ITCH",
    "PATCH", "SWOLLEN", "PALPITATIONS", "WORSENS", "WENT", "BREATHING_TROUBLE",
    "FLUID_COLOR", "RED", "GREAT_PAIN",
    "LEAKS", "LEAKS_SURE", "SMELL", "BAD_SMELL", "DEAD_COLOR",
)  # fmt: skip
"""Concepts of signs that people say of things too. Things are vomited and cannot be swallowed."""
_A_BODY_HAS: Final = ("VOMIT", "CANNOT", "NUMB")
_DOING: Final = ("ing", "ando", "iendo")
_PAUSES: Final = frozenset(',:;()-"')


def is_of_a_thing(place: Place, occurrences: Occurrences) -> bool:
    things = occurrences.lists.of("THINGS")
    words = occurrences.words
    near = [
        at
        for at in range(max(place.start, place.first - _SUBJECT_BEFORE - 1), place.end)
        if words[at] in things and at not in place.covered and at <= place.last + _OBJECT_AFTER
    ]
    if _is_cold(place, occurrences):
        return True
    if (
        things.isdisjoint(words)
        or not _may_be_a_things(place, occurrences)
        or _speaks_of_a_body(place, occurrences)
    ):
        return False
    if _speaks_of_things_alone(place, occurrences):
        return True
    return any(
        _is_subject(at, place, occurrences)
        if at < place.first
        else _is_owned(at, place, occurrences) or _is_object(at, place, occurrences)
        for at in near
    )


def _may_be_a_things(place: Place, occurrences: Occurrences) -> bool:
    if not occurrences.lists.of("COMPARING").isdisjoint(occurrences.words):
        return False
    if any(
        place.first <= start <= place.last
        for concept in _A_BODY_HAS
        for start, _ in occurrences.of(concept)
    ):
        return False
    return any(
        occurrences.starts_at(concept, at)
        for concept in _A_THING_HAS
        for at in (place.first, place.last)
    )


def _speaks_of_a_body(place: Place, occurrences: Occurrences) -> bool:
    if not occurrences.lists.of("CARE").isdisjoint(occurrences.words):
        return True
    return any(
        place.start <= start < place.end
        for concept in _BODY
        for start, _ in occurrences.of(concept)
    )


def _speaks_of_things_alone(place: Place, occurrences: Occurrences) -> bool:
    """Whether a text names two things, not as places, and neither the writer nor a body."""
    words, lists = occurrences.words, occurrences.lists
    if _has_writer(0, len(words), occurrences) or _is_alone(place, occurrences):
        return False
    things = {
        word
        for at, word in enumerate(words)
        if word in lists.of("THINGS") and at not in place.covered and not _is_place(at, occurrences)
    }
    return len(things) > 1


def _is_alone(place: Place, occurrences: Occurrences) -> bool:
    """Whether the sign is all that its part of the sentence says: “fainted, printer is broken”."""
    start, end = place.first, place.last + 1
    while start > place.start and occurrences.words[start - 1] not in _PAUSES:
        start -= 1
    while end < place.end and occurrences.words[end] not in _PAUSES:
        end += 1
    return end - start < place.last + 1 - place.first + _SAYS_MORE


def _is_place(at: int, occurrences: Occurrences) -> bool:
    """“In the car”, “watching the game”."""
    lists = occurrences.lists
    before = at - 1
    while occurrences.word(before) in lists.of("DETERMINERS") | lists.of("THINGS"):
        before -= 1
    word = occurrences.word(before)
    return word in lists.of("PREPOSITIONS") or word.endswith(_DOING)


def _is_subject(at: int, place: Place, occurrences: Occurrences) -> bool:
    """“The plant is gasping”, but not “in the car, fainting” nor “I left the car fainting”."""
    return (
        not _has_writer(place.start, place.first, occurrences)
        and not _is_place(at, occurrences)
        and _PAUSES.isdisjoint(occurrences.words[at : place.first])
        and not any(at < verb < place.first for verb, _ in occurrences.of("SAYS"))
    )


def _is_owned(at: int, place: Place, occurrences: Occurrences) -> bool:
    """“My toast is burnt”: the sign says “my”, and means the thing."""
    writers = occurrences.lists.of("WRITERS")
    return (
        at < place.last
        and at - 1 == place.first
        and at - 1 in place.covered
        and writers.isdisjoint(occurrences.words[at : place.end])
    )


def _is_object(at: int, place: Place, occurrences: Occurrences) -> bool:
    """“Passed out certificates”, “collapsed the pushchair”, “fiebre por el mundial”."""
    lists = occurrences.lists
    between = at - 1
    while between not in place.covered and (
        occurrences.word(between) in lists.of("DETERMINERS")
        or occurrences.word(between) in lists.of("LINKS_THING")
    ):
        between -= 1
    if between not in place.covered or occurrences.word(between) in lists.of("PREPOSITIONS"):
        return False
    has_link = at - between > 1
    return has_link or not _has_writer(place.start, place.first, occurrences)


def _has_writer(start: int, end: int, occurrences: Occurrences) -> bool:
    """Whether the writer is named, other than as the owner of a thing: “my spreadsheet”."""
    writers, things = occurrences.lists.of("WRITERS"), occurrences.lists.of("THINGS")
    return any(
        occurrences.words[at] in writers and occurrences.word(at + 1) not in things
        for at in range(start, end)
    )


def _is_cold(place: Place, occurrences: Occurrences) -> bool:
    """Fingers that are numb from snow, with nothing said of the face."""
    words = frozenset(occurrences.words)
    lists = occurrences.lists
    return (
        not lists.of("COLD").isdisjoint(words)
        and not occurrences.of("DENIES")
        and not lists.of("EXTREMITIES").isdisjoint(words)
        and lists.of("CARE").isdisjoint(words)
        and not any(occurrences.of(concept) for concept in _NOT_OF_COLD)
        and any(
            place.first <= start <= place.last
            for concept in ("NUMB", "NUMB_SURE", "CANNOT")
            for start, _ in occurrences.of(concept)
        )
    )
