"""Takes out of a text what the patient did not write, and turns emoji into words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.reading_rules import Marks, Words

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe0e\ufe0f"
    "\u20e3\U0001f3fb-\U0001f3ff]"
)
_APOSTROPHES: Final = str.maketrans(
    dict.fromkeys("’‘`\u00b4\u02bc\uff07", "'") | dict.fromkeys("“”„«»", '"')
)
_CONTRACTIONS: Final = (
    (re.compile(r"(?<=\w)'(?:ll|d)\b"), " will"),
    (re.compile(r"\bw/o\b"), " without "),
    (re.compile(r"\bw/(?=\s|\w)"), " with "),
    (re.compile(r"\b(it|he|she|that|there|what|here|let|who|how|where)'s\b"), r"\1s"),
    (re.compile(r"(?<=\w)'s\b"), ""),
    (re.compile(r"'"), ""),
)
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[^\w\s]|\n")
_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")
_QUOTED_REPLY: Final = re.compile(
    r"^(?:on\b.*\bwrote|el\b.*\bescribio|le\b.*\ba ecrit)\s*:\s*$", re.MULTILINE | re.IGNORECASE
)
_DIGIT_IN_WORD: Final = re.compile(
    r"(?<=[^\W\d_])[01345](?=[^\W\d_]{2})|(?<=[^\W\d_]{2})[01345](?=[^\W\d_])"
)
_SPELLS: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s"}
"""Letters that digits stand for: “w0rse”."""
_OWN_TEXT_FROM: Final = 25  # characters of a line that repeats our text


class Reaction(StrEnum):
    """What a phone reports when somebody taps on a message."""

    LIKED = "LIKED"
    UNSURE = "UNSURE"


class Cleaned(msgspec.Struct, frozen=True):
    """`text` is in lower case, without accents; emoji are words."""

    text: str
    reaction: Reaction | None = None


class Cleaner:
    def __init__(self, marks: Marks) -> None:
        self._marks = _by_mark(marks.emoji) | _by_mark(marks.emoticons)
        longest_first = sorted(self._marks, key=len, reverse=True)
        first = re.escape("".join(sorted({mark[0] for mark in self._marks})))
        whole = "|".join(_whole_mark(mark) for mark in longest_first)
        self._mark = re.compile(f"(?=[{first}])(?:{whole})" if first else "(?!)")
        self._liked = _starts_with(marks.liked)
        self._unsure = _starts_with(marks.unsure)
        self._signature = re.compile(
            rf"^[\s\-–—_]*(?:{_any_of(marks.signatures)})\b.*\Z", re.MULTILINE | re.DOTALL
        )
        self._quote = re.compile(
            rf"^[\s\-–—_]*(?:{_any_of(marks.quotes)})\b.*\Z", re.MULTILINE | re.DOTALL
        )

    def clean(self, text: str, own_texts: Iterable[str] = ()) -> Cleaned:
        """Remove reactions, quotes, signatures and copies of our own texts."""
        plain = fold(_INVISIBLE.sub("", self._with_words(text)))
        for pattern, reaction in ((self._liked, Reaction.LIKED), (self._unsure, Reaction.UNSURE)):
            if match := pattern.match(plain):
                plain = plain[match.end() :].strip()
                if not plain:
                    return Cleaned("", reaction)
        kept = self._signature.sub("", plain)
        kept = self._quote.sub("", kept)
        if match := _QUOTED_REPLY.search(kept):
            kept = kept[: match.start()]
        lines = [line for line in kept.splitlines() if not line.lstrip().startswith(">")]
        is_one_word_a_line = all(len(line.split()) <= 1 for line in lines)
        separator = " " if is_one_word_a_line else "\n"
        return Cleaned(_without_own(separator.join(lines), own_texts).strip())

    def _with_words(self, text: str) -> str:
        return self._mark.sub(lambda match: f" {self._marks[match.group()]} ", text)


def tokens(text: str) -> list[str]:
    """Split a cleaned text into words, numbers and marks. “sooo” becomes “soo”, “w0rse” “worse”."""
    text = _DIGIT_IN_WORD.sub(lambda match: _SPELLS[match.group()], text)
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    return _TOKEN.findall(_RUN.sub(r"\1\1", text))


def fold(text: str) -> str:
    """Lower case, without accents. Apostrophes and quotes become plain ones."""
    if text.isascii():
        return text.translate(_APOSTROPHES).casefold()
    plain = unicodedata.normalize("NFKC", text.replace("º", "°")).translate(_APOSTROPHES).casefold()
    return "".join(
        character
        for character in unicodedata.normalize("NFD", plain)
        if not ("\u0300" <= character <= "\u036f")
    )


def _by_mark(words: Mapping[str, Words]) -> dict[str, str]:
    return {mark: word for word, marks in words.items() for mark in marks}


def _whole_mark(mark: str) -> str:
    """A mark of letters, such as “xD”, must stand alone; “:(” may follow a word."""
    escaped = re.escape(mark)
    start = r"(?<![^\W_])" if mark[0].isalnum() else ""
    end = r"(?![^\W_])" if mark[-1].isalnum() else ""
    return f"{start}{escaped}{end}"


def _any_of(phrases: Sequence[str]) -> str:
    return "|".join(re.escape(fold(phrase)) for phrase in phrases)


def _starts_with(phrases: Sequence[str]) -> re.Pattern[str]:
    """A reaction quotes the message: `Liked “…”`, `Reacted 👍 to “…”`, `Ana liked “…”`."""
    return re.compile(rf'^\s*(?:\S+ ){{0,3}}?(?:{_any_of(phrases)})\b[^"\n]{{0,40}}"[^"]*"?')


def _without_own(text: str, own_texts: Iterable[str]) -> str:
    own = " ".join(fold(own_text) for own_text in own_texts)
    if not own:
        return text
    own = " ".join(own.split())
    return "\n".join(line for line in text.splitlines() if not _repeats(line, own))


def _repeats(line: str, own: str) -> bool:
    bare = " ".join(line.strip(' "').split())
    return len(bare) >= _OWN_TEXT_FROM and bare in own
