"""Finds the offered option in an answer: its number, its words, or both.

Words and polite additions alone choose an option. A number chooses one at the start, after words
such as “I'd say”, or in a list, unless it counts something, is denied, or was true before. The
lists of words come from answers of patients to check-ins.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInChoice
from services.contracts.words import CheckInLevel
from services.reading.number_words import is_number
from services.reading.patterns import Occurrences
from services.reading.word_lists import WordLists

_MARKS: Final = frozenset(".,!;:)(-–—\n\"'*…?")
_JOINING_MARKS: Final = frozenset("-/,?–")
_COUNTING_MARKS: Final = frozenset("%/")
_MARKS_OF_AMOUNTS: Final = frozenset("/$:")
_MARKS_IN_NUMBERS: Final = frozenset("-.:,")
_NO_NUMBER: Final = -1
_CLOSING_MARKS: Final = frozenset(",!\n")
_NUMBER_SIGN: Final = "#"
_IT_IS_NOT: Final = ["no", "es"]
_SEVERITY: Final = (CheckInLevel.UNCLEAR, CheckInLevel.GREEN, CheckInLevel.AMBER, CheckInLevel.RED)


class _Mention(msgspec.Struct, frozen=True):
    at: int
    option: CheckInChoice


def choice(
    occurrences: Occurrences, options: Sequence[CheckInChoice]
) -> tuple[CheckInChoice | None, Sequence[str]]:
    """Return the option and the words besides it. Of several numbers the worst one counts."""
    words = occurrences.words
    for option in options:
        besides = _besides_words(words, option, occurrences.lists)
        if besides is not None:
            return option, besides
    mentions = _present(occurrences, list(_mentions(occurrences, options)))
    if not mentions:
        return None, words
    chosen = max(mentions, key=lambda mention: _SEVERITY.index(mention.option.level)).option
    named = {mention.at for mention in mentions if mention.option is chosen}
    return chosen, [word for at, word in enumerate(words) if at not in named]


def _besides_words(
    words: Sequence[str], option: CheckInChoice, lists: WordLists
) -> list[str] | None:
    """The polite words around an option that is the rest of the text."""
    plain = [word for word in words if word not in _MARKS or word == "?"]
    bare = [word for word in plain if not _is_polite(word, lists) and word != "?"]
    for form in (option.value, option.label, *option.words):
        if form in lists.of("BARE_OK"):
            continue
        parts = form.split()
        if plain == parts:
            return []
        if bare in (parts, parts * 2):
            return [word for word in plain if word not in parts]
    return None


def _is_polite(word: str, lists: WordLists) -> bool:
    """Whether a word may accompany the words of an option."""
    return word in lists.of("OPTION_FILLERS") and word not in lists.of("WEIGHS_OPTIONS")


def _mentions(occurrences: Occurrences, options: Sequence[CheckInChoice]) -> Iterator[_Mention]:
    """Numbers of options at the start, after “I'd say”, or in a list: “2 or 3”."""
    by_number = {
        int(option.value) if option.value.isdecimal() else place: option
        for place, option in enumerate(options, start=1)
    }
    words, lists = occurrences.words, occurrences.lists
    numbers = [by_number.get(_number(word, lists)) for word in words]
    at = 0
    while at < len(words):
        end = _list_end(numbers, occurrences, at)
        if numbers[at] is not None and _stands_for_option(occurrences, at, end):
            for place in range(at, end):
                option = numbers[place]
                if option is not None:
                    yield _Mention(place, option)
        at = end


def _number(word: str, lists: WordLists) -> int:
    if word.isdecimal():
        return int(word)
    if word in lists.of("ARTICLES"):
        return _NO_NUMBER
    return lists.values.get(word, lists.places.get(word, _NO_NUMBER))


def _list_end(numbers: Sequence[CheckInChoice | None], occurrences: Occurrences, start: int) -> int:
    """The end of a list of numbers that starts here: “2 or 3”, “3 3 3”."""
    end = start + 1
    if numbers[start] is None:
        return end
    words, joins = occurrences.words, occurrences.lists.of("JOINS_OPTIONS")
    while end < len(words):
        if numbers[end] is not None and words[end].isdecimal() == words[end - 1].isdecimal():
            end += 1
        elif end + 1 == len(words) or numbers[end + 1] is None:
            break
        elif words[end] in joins or words[end] in _JOINING_MARKS:
            end += 2
        else:
            break
    return end


def _stands_for_option(occurrences: Occurrences, start: int, end: int) -> bool:
    lists, word = occurrences.lists, occurrences.words[start]
    before = [word for word in occurrences.words[:start] if word not in _MARKS]
    if _counts_something(before, occurrences, end) or _is_denied(before, lists):
        return False
    if word in lists.places:
        return _is_place_of_option(before, occurrences.word(end), lists)
    if word.isdecimal():
        return _is_digit_of_option(before, occurrences, start, end)
    return _is_word_of_option(before, occurrences, end)


def _is_place_of_option(before: Sequence[str], after: str, lists: WordLists) -> bool:
    """“The third one”, “la tercera”."""
    has_article = bool(before) and before[-1] in lists.of("THE")
    return has_article and (_is_end(after) or after in lists.of("OPTION_NOUNS"))


def _is_digit_of_option(
    before: Sequence[str], occurrences: Occurrences, start: int, end: int
) -> bool:
    """“I'd say 3 because …”, “peeling a bit, 1”."""
    lists, after = occurrences.lists, occurrences.word(end)
    if not _is_end(after) and after not in lists.of("FOLLOWS_OPTION"):
        return False
    words = [word for word in before if not word.isdecimal()]
    if _is_filler(words, lists) or _introduces(before[-1], lists):
        return True
    return not after and occurrences.words[start - 1] in _CLOSING_MARKS and _is_only(occurrences)


def _is_only(occurrences: Occurrences) -> bool:
    """Whether the text has one number alone: “looks fine, 1”."""
    return sum(is_number(word) for word in occurrences.words) == 1


def _is_word_of_option(before: Sequence[str], occurrences: Occurrences, end: int) -> bool:
    """“Number three, please”. A word counts things more often than a digit: less may follow."""
    lists, after = occurrences.lists, occurrences.word(end)
    names_option = bool(before) and before[-1] in lists.of("NAMES_OPTION")
    is_alone = _is_end(after) or all(
        word in _MARKS or _is_polite(word, lists) for word in occurrences.words[end:]
    )
    if not is_alone and not (names_option and after in lists.of("FOLLOWS_OPTION")):
        return False
    if names_option or _is_filler(before, lists):
        return True
    return not after and _introduces(before[-1], lists)


def _is_end(after: str) -> bool:
    return not after or after in _MARKS


def _is_filler(before: Sequence[str], lists: WordLists) -> bool:
    fillers = lists.of("OPTION_FILLERS")
    return all(word in fillers for word in before)


def _introduces(word: str, lists: WordLists) -> bool:
    return word == _NUMBER_SIGN or word in lists.of("INTRODUCES_OPTION")


def _counts_something(before: Sequence[str], occurrences: Occurrences, end: int) -> bool:
    """“3 of 5”, “at 3”, “$3”, “3-10”, “2:30”, “1,500”, but not “my answer to 3”."""
    lists, after = occurrences.lists, occurrences.word(end)
    if after in _COUNTING_MARKS or after in lists.of("AFTER_AMOUNT"):
        return True
    if before and before[-1] in _MARKS_OF_AMOUNTS:
        return True
    is_change = len(before) > 1 and before[-2] in lists.of("CHANGES_OPTION")
    if before and before[-1] in lists.of("BEFORE_AMOUNT") and not is_change:
        return True
    return after in _MARKS_IN_NUMBERS and occurrences.word(end + 1)[:1].isdecimal()


def _is_denied(before: Sequence[str], lists: WordLists) -> bool:
    """“Not a 3”, “no es un 3”."""
    if not lists.of("DENIES_OPTION").isdisjoint(before[-2:]):
        return True
    return _IT_IS_NOT in (before[-2:], before[-3:-1])


def _present(occurrences: Occurrences, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Mentions that do not speak of the past: not “yesterday it was a 1”."""
    words, lists = occurrences.words, occurrences.lists
    now, turning = lists.of("OPTION_NOW"), lists.of("BUT")
    timely = now | lists.of("OPTION_PAST")
    present = []
    previous = 0
    for mention in mentions:
        following = occurrences.word(mention.at + 1)
        cue = following if following in timely and following not in turning else ""
        cues = [word for word in words[previous : mention.at] if word in timely]
        cue = cue or (cues[-1] if cues else "")
        if not cue or cue in now:
            present.append(mention)
        previous = mention.at + 1
    return present
