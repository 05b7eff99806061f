"""Lists of small words that are looked up word by word: number words, units, joining words.

They are concepts of words.yaml like the others, but no pattern names them and the spelling does not
correct to them: “trhee” stays what it is.
"""

from collections.abc import Mapping
from typing import Final

from services.contracts.reading_rules import Words
from services.reading.concepts import WORD_LISTS

_VALUES: Final = {
    "ZERO": 0, "ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "SIX": 6, "SEVEN": 7,
    "EIGHT": 8, "NINE": 9, "TEN": 10, "THIRTY": 30, "FORTY": 40, "NINETY": 90, "HUNDRED": 100,
}  # fmt: skip
_PLACES: Final = {"FIRST": 1, "SECOND": 2, "THIRD": 3, "FOURTH": 4}


class WordLists:
    """`values` are those of number words, and `places` those of words such as “third”."""

    def __init__(self, concepts: Mapping[str, Words]) -> None:
        self._lists = {name: frozenset(concepts[name]) for name in WORD_LISTS}
        self.values = self._by_word(_VALUES)
        self.places = self._by_word(_PLACES)

    def of(self, name: str) -> frozenset[str]:
        return self._lists[name]

    def _by_word(self, numbers: Mapping[str, int]) -> dict[str, int]:
        return {word: number for name, number in numbers.items() for word in self.of(name)}


def without_lists(concepts: Mapping[str, Words]) -> dict[str, Words]:
    """The concepts that patterns may name."""
    return {name: words for name, words in concepts.items() if name not in WORD_LISTS}
