"""Reads pain scores on the scale from 0 to 10 that clinics ask for.

A number is a score if the text speaks of pain and the number is “of 10”, follows or precedes the
pain, or is said of now. A text of a scale and numbers alone is a score too, from 7 on: a lower one
may be a rating of something else. An earlier score gives way to one of now.
"""

from collections.abc import Sequence
from typing import Final

from services.reading.number_words import is_number, number
from services.reading.patterns import Occurrences

_SCORE_MAX: Final = 10
_SURE_SCORE: Final = 7
_SOME_SCORE: Final = 4
"""From here a bare number is no option."""
_PAIN_CONCEPTS: Final = ("PAIN", "GREAT_PAIN", "BURNING")
_BEFORE_LEVEL: Final = 10
"""Words before a score in which the pain is named."""
_AFTER_SCORE: Final = 4
_JUST_BEFORE: Final = 2
_ENDING_MARKS: Final = frozenset({"", ".", ",", "!", "?", ";", "\n", ")"})
_COUNTING_MARKS: Final = frozenset("%$€£°")
_SCALE_MARKS: Final = frozenset("/-")
_LEVEL_MARKS: Final = frozenset(":=-")


def pain_scores(occurrences: Occurrences) -> list[float]:
    """Scores from 0 to 10: “9 out of 10”, “9/10”, “pain is a 9”."""
    hurts = any(occurrences.of(concept) for concept in _PAIN_CONCEPTS)
    is_bare = _is_bare_scale(occurrences)
    if not hurts and not is_bare and not occurrences.of("RISES"):
        return []
    scores = [
        (at, score)
        for at, word in enumerate(occurrences.words)
        if (score := _score(word, occurrences)) is not None
        and not _ends_scale(occurrences, at)
        and (
            _is_sure(score, at, occurrences, is_bare=is_bare)
            or (hurts and _is_score(occurrences, at))
        )
    ]
    now = [score for at, score in scores if not _is_earlier(occurrences, at)]
    if now or occurrences.of("RESOLVED"):
        return now
    return [score for _, score in scores]


def _score(word: str, occurrences: Occurrences) -> float | None:
    if is_number(word):
        score = number(word)
        return min(score, float(_SCORE_MAX)) if score <= 2 * _SCORE_MAX else None
    value = occurrences.lists.values.get(word, 0)
    return float(value) if 1 < value <= _SCORE_MAX else None


def _is_sure(score: float, at: int, occurrences: Occurrences, *, is_bare: bool) -> bool:
    """A high score that rises, or of a text that names the scale and says nothing else."""
    if score >= _SURE_SCORE and occurrences.starts_at("RISES", at + 1):
        return True
    if not is_bare:
        return False
    is_scaled = is_number(occurrences.words[at]) and _has_scale(occurrences)
    return (score >= _SURE_SCORE and is_scaled) or _is_spoken(score, at, occurrences)


def _is_spoken(score: float, at: int, occurrences: Occurrences) -> bool:
    """“Eight”, “un seis”, “8.5”: no option is chosen so.

    A digit alone may be a slip, and a ten praise.
    """
    lists, before = occurrences.lists, occurrences.word(at - 1)
    if not _SOME_SCORE <= score < _SCORE_MAX or before in lists.of("BEFORE_AMOUNT"):
        return False
    word = occurrences.words[at]
    return not word.isdecimal() or before in lists.of("ARTICLES")


def _is_bare_scale(occurrences: Occurrences) -> bool:
    """Whether the text has nothing but numbers, marks and words of a scale."""
    scale_words = occurrences.lists.of("SCALE_WORDS")
    return all(
        _score(word, occurrences) is not None or word in scale_words or not word.isalpha()
        for word in occurrences.words
    )


def _has_scale(occurrences: Occurrences) -> bool:
    """Whether “out of 10” or “from 1 to 10” is said. “10/10” alone may be praise."""
    return bool(occurrences.of("NAMES_SCALE")) and not occurrences.starts_at("FULL_MARKS", 0)


def _is_score(occurrences: Occurrences, at: int) -> bool:
    return (
        occurrences.starts_at("OF_TEN", at + 1)
        or occurrences.starts_at("RISES", at + 1)
        or _is_level(occurrences, at)
        or _is_before_pain(occurrences, at)
        or _is_now(occurrences, at)
    )


def _ends_scale(occurrences: Occurrences, at: int) -> bool:
    """Whether the number is the ten of “9 of 10” or of “on a scale of 1 to 10”."""
    if at <= 1 or _score(occurrences.word(at), occurrences) != _SCORE_MAX:
        return False
    before, start = occurrences.word(at - 1), occurrences.word(at - 2)
    if before not in _SCALE_MARKS and before not in occurrences.lists.of("OUT_OF"):
        return False
    return _score(start, occurrences) is not None or (before == "of" and start == "out")


def _is_level(occurrences: Occurrences, at: int) -> bool:
    """A bare number right after the pain: “pain is a 9”, “dolor nivel 8”."""
    lists = occurrences.lists
    after = occurrences.word(at + 1)
    if _is_counted(after, occurrences) or after in (":", "/") or after in lists.of("NO_LEVEL"):
        return False
    before = occurrences.words[max(0, at - _BEFORE_LEVEL) : at]
    pain = [place for place, word in enumerate(before) if word in lists.of("PAIN_SCORED")]
    if not pain:
        return not lists.of("LEVEL").isdisjoint(before[-_JUST_BEFORE:])
    return _leads_to_score(before[pain[-1] + 1 :], occurrences)


def _leads_to_score(words: Sequence[str], occurrences: Occurrences) -> bool:
    links = occurrences.lists.of("PAIN_TO_SCORE")
    return all(
        word in links
        or word in _LEVEL_MARKS
        or is_number(word)
        or (word == "," and place and is_number(words[place - 1]))
        for place, word in enumerate(words)
    )


def _is_before_pain(occurrences: Occurrences, at: int) -> bool:
    """“8 de dolor”, “a 9 on the pain scale”."""
    pain, links = (occurrences.lists.of(name) for name in ("PAIN_SCORED", "SCORE_TO_PAIN"))
    after = occurrences.words[at + 1 : at + 1 + _AFTER_SCORE]
    return any(
        word in pain and all(link in links or link == str(_SCORE_MAX) for link in after[:place])
        for place, word in enumerate(after)
    )


def _is_now(occurrences: Occurrences, at: int) -> bool:
    """Whether it is the score of now: “was a 3, now an honest 8”."""
    now, ends = (occurrences.lists.of(name) for name in ("NOW", "ENDS_READING"))
    after = occurrences.word(at + 1)
    if after in now:
        return True
    before = occurrences.words[max(0, at - _AFTER_SCORE) : at]
    return (after in _ENDING_MARKS or after in ends) and not now.isdisjoint(before)


def _is_counted(after: str, occurrences: Occurrences) -> bool:
    """Whether the number is one of minutes, milligrams or degrees."""
    lists = occurrences.lists
    return after in _COUNTING_MARKS or after in lists.of("MEASURES") or after in lists.of("DEGREES")


def _is_earlier(occurrences: Occurrences, at: int) -> bool:
    earlier = occurrences.lists.of("EARLIER")
    return not earlier.isdisjoint(occurrences.words[max(0, at - _JUST_BEFORE) : at])
