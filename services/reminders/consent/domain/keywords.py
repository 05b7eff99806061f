"""Recognizes keywords in a text.

An opt-out word counts only if it is the whole message: “please don't stop” is no opt-out. A text
that may be an opt-out holds messages back until a person has read it.
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
    UNREAD = "UNREAD"  # no keyword: a person has to read it


_IGNORED: Final = str.maketrans({"'": None, "’": None, "`": None, "ß": "SS"})


def understand(text: str, countries: Collection[str] = ()) -> Meaning:
    """Read a whole message. Case, accents, punctuation, spaces and emoji do not matter.

    `countries` are those of the clinics it may be for.
    """
    words = _normalized(text).split()
    lists = [word_list for word_list in WORDS if _applies(word_list, countries)]
    meaning = _keyword("".join(words), lists)
    if meaning is not None:
        return meaning
    bare = "".join(word for word in words if word not in FILLERS)
    if _keyword(bare, lists) is Meaning.OPT_OUT:
        return Meaning.OPT_OUT
    return Meaning.MAYBE_OPT_OUT if _may_opt_out(words) else Meaning.UNREAD


def _applies(word_list: WordList, countries: Collection[str]) -> bool:
    return word_list.countries is None or not word_list.countries.isdisjoint(countries)


def _keyword(joined: str, lists: Collection[WordList]) -> Meaning | None:
    if any(joined in word_list.opt_out for word_list in lists):
        return Meaning.OPT_OUT
    if any(joined in word_list.opt_in for word_list in lists):
        return Meaning.OPT_IN
    return Meaning.HELP if any(joined in word_list.help for word_list in lists) else None


def _may_opt_out(words: list[str]) -> bool:
    text = f" {' '.join(words)}"
    if any(f" {phrase}" in text for phrase in NEVER):
        return False
    begins = bool(words) and words[0] in FIRST_WORDS and len(words) <= MOST_WORDS
    return begins or any(f" {phrase}" in text for phrase in MAYBE)


def _normalized(text: str) -> str:
    """Convert to capitals without accents.

    Marks are removed only from Latin letters: Japanese letters keep theirs.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_IGNORED)
    return "".join(_bare(character) for character in plain)


def _bare(character: str) -> str:
    if character == "ー":  # part of Japanese words, though not a letter in Unicode
        return character
    base = unicodedata.normalize("NFD", character)[0]
    is_marked_latin = base.isascii() and base.isalpha()
    bare = base if is_marked_latin else character
    if unicodedata.combining(bare):
        return ""
    return bare if bare.isalpha() else " "
