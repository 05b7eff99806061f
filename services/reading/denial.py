"""Decides whether a sign is denied.

The scope of a denial follows NegEx (Chapman and others, 2001): it runs over “or”, “and” and commas
until a word such as “but”, a new statement, or five words that list nothing end it. Phrases such as
“not sure” deny nothing, and “no puedo respirar” is a sign itself.
"""

from collections.abc import Iterator
from typing import Final

from services.reading.patterns import Occurrences, Span
from services.reading.places import Place

REACH: Final = 5
"""Words that a denial or an “if” covers before a word that lists another sign."""
_AFTER: Final = 5
"""Words after a sign in which “none of those” speaks of it."""
_LISTING_MARKS: Final = frozenset(",/&+-")
_BREAKING_MARKS: Final = frozenset(",&-:(")
_DENYING_ENDS: Final = ([":", "no"], ["?", "no"], ["no", "."], ["no", ";"])
_ENTRY_ENDS: Final = frozenset({"", ".", ",", ";", "\n"})
_HOLD_THEIR_DENIAL: Final = (
    "DOES_NOT_DENY", "WONT_STOP", "CANNOT", "GREAT_PAIN", "NUMB", "COMPLAINT", "BREATHING_TROUBLE",
    "SIGHT_LOSS", "CRISIS", "HELP_ME", "SLEEPLESS", "NOT_RIGHT", "VOMIT", "SHAKE",
)  # fmt: skip
"""Concepts with phrases such as “no puedo”, whose “no” belongs to them alone."""


def is_denied(place: Place, occurrences: Occurrences) -> bool:
    return _is_denied_before(place, occurrences) or _is_denied_after(place.last, occurrences)


def denials(occurrences: Occurrences) -> Iterator[Span]:
    """Words that deny. “not sure” and “not good” do not."""
    denying = occurrences.of("DENIES")
    if not denying:
        return
    exempt = {
        at
        for concept in _HOLD_THEIR_DENIAL
        for start, end in occurrences.of(concept)
        if end - start > 1
        for at in range(start, end)
    }
    yield from (span for span in denying if span[0] not in exempt)


def _is_denied_before(place: Place, occurrences: Occurrences) -> bool:
    return any(
        place.start <= denial[0] <= place.last
        and place.covered.isdisjoint(range(*denial))
        and (denial[0] > place.first or _reaches(denial, place.first, occurrences))
        for denial in denials(occurrences)
    )


def _reaches(denial: Span, first: int, occurrences: Occurrences) -> bool:
    """Whether the scope of a denial goes on to the sign."""
    if _is_answer(denial, occurrences):
        return False
    lists_on = occurrences.lists.of("LISTS_ON")
    reach = 0
    for at in range(denial[1], first):
        if _ends_scope(denial[1], at, first, occurrences):
            return False
        word = occurrences.words[at]
        reach = 0 if word in _LISTING_MARKS or word in lists_on else reach + 1
        if reach > REACH:
            return False
    return True


def _is_answer(denial: Span, occurrences: Occurrences) -> bool:
    """“No, I have a fever”: the “no” answers a question and denies nothing that follows."""
    start, end = denial
    after = occurrences.word(end)
    return (
        end - start == 1
        and occurrences.words[start] in occurrences.lists.of("ANSWERS_NO")
        and (after in (",", ".") or after in occurrences.lists.of("FOLLOWS_ANSWER"))
    )


def _ends_scope(begin: int, at: int, first: int, occurrences: Occurrences) -> bool:
    """Whether a denial that ends at `begin` goes no further than to `at`."""
    word = occurrences.words[at]
    if occurrences.starts_at("ENDS_DENIAL", at):
        return True
    lists = occurrences.lists
    if at > begin and word in lists.of("SUBJECTS") and _begins_clause(at, occurrences):
        return True
    is_break = word in _BREAKING_MARKS or word in lists.of("ADDS")
    return is_break and _begins_statement(begin, at, first, occurrences)


def _begins_clause(at: int, occurrences: Occurrences) -> bool:
    """Whether a subject begins its own clause: not in “I don't think I”, nor in “no … or my”."""
    lists, before = occurrences.lists, occurrences.words[at - 1]
    return (
        before not in lists.of("OPINIONS")
        and before not in lists.of("LISTS_ON")
        and before not in _LISTING_MARKS
    )


def _begins_statement(begin: int, at: int, first: int, occurrences: Occurrences) -> bool:
    """A comma or “and” goes on with a list only if a sign has been named and no subject follows."""
    has_sign = any(begin <= start < at for start, _ in occurrences.of("SIGN_WORD"))
    if not has_sign:
        return True
    return at + 1 <= first and occurrences.starts_at("BEGINS_ASSERTION", at + 1)


def _is_denied_after(last: int, occurrences: Occurrences) -> bool:
    """Whether the words after the sign deny it: “Fever? None.” and “blisters, none of those”."""
    if occurrences.words[last + 1 : last + 3] in _DENYING_ENDS or _is_listed_no(last, occurrences):
        return True
    sentences = occurrences.sentences
    return any(
        last < at <= last + _AFTER
        and (sentences[at] == sentences[last] or at == last + 2)
        and not _turns(last + 1, at, occurrences)
        for at, _ in occurrences.of("AFTER_DENIES")
    )


def _is_listed_no(last: int, occurrences: Occurrences) -> bool:
    """Whether “, no” follows and nothing else: “fever, no; blisters, no”."""
    return (
        occurrences.words[last + 1 : last + 3] == [",", "no"]
        and occurrences.word(last + 3) in _ENTRY_ENDS
    )


def _turns(start: int, end: int, occurrences: Occurrences) -> bool:
    """Whether “but” or the end of a statement stands in between."""
    turning = occurrences.lists.of("BUT")
    return any(word in (".", ";") or word in turning for word in occurrences.words[start:end])
