"""What a text says that needs no person to understand.

An opt-out word counts only as the whole message: “please don't stop” is no opt-out. What may be
one is held to be one until a person has looked.
"""

import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from services.reminders.consent.domain.reply_words import (
    FILLERS,
    FIRST_WORDS,
    MAYBE,
    MOST_WORDS,
    NEVER,
    WORDS,
    WordList,
)


class Meaning(StrEnum):
    OPT_OUT = "OPT_OUT"
    MAYBE_OPT_OUT = "MAYBE_OPT_OUT"  # nothing is sent until a person has read it
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    UNREAD = "UNREAD"  # nothing a rule knows: a person has to read it


_WORTHLESS: Final = str.maketrans({"'": None, "’": None, "`": None, "ß": "SS"})


def understand(text: str, countries: Collection[str] = ()) -> Meaning:
    """What a whole message means; case, accents, punctuation, spaces and emoji do not matter.

    `countries` are those of the clinics it may be for.
    """
    words = _letters(text).split()
    lists = [one for one in WORDS if _holds(one, countries)]
    found = _word("".join(words), lists)
    if found is not None:
        return found
    bare = "".join(word for word in words if word not in FILLERS)
    if _word(bare, lists) is Meaning.OPT_OUT:
        return Meaning.OPT_OUT
    return Meaning.MAYBE_OPT_OUT if _may_opt_out(words) else Meaning.UNREAD


def _holds(one: WordList, countries: Collection[str]) -> bool:
    return one.countries is None or not one.countries.isdisjoint(countries)


def _word(joined: str, lists: Collection[WordList]) -> Meaning | None:
    if any(joined in one.opt_out for one in lists):
        return Meaning.OPT_OUT
    if any(joined in one.opt_in for one in lists):
        return Meaning.OPT_IN
    return Meaning.HELP if any(joined in one.help for one in lists) else None


def _may_opt_out(words: list[str]) -> bool:
    said = f" {' '.join(words)}"
    if any(f" {phrase}" in said for phrase in NEVER):
        return False
    begins = bool(words) and words[0] in FIRST_WORDS and len(words) <= MOST_WORDS
    return begins or any(f" {phrase}" in said for phrase in MAYBE)


def _letters(text: str) -> str:
    """Capitals without accents, words parted by single spaces.

    Marks are dropped only from letters that have a bare form of their own: the dots of Japanese
    sounds stay where they are.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_WORTHLESS)
    kept = (_bare(character) for character in plain)
    return "".join(kept)


def _bare(character: str) -> str:
    if character == "ー":  # part of a Japanese word, and no letter to Unicode's mind
        return character
    base = unicodedata.normalize("NFD", character)[0]
    is_marked_latin = base.isascii() and base.isalpha()
    letter = base if is_marked_latin else character
    if unicodedata.combining(letter):
        return ""
    return letter if letter.isalpha() else " "
