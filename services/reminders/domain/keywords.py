"""Words that patients text back, and what they mean.

The opt-out words are the union of what US rules name (47 CFR 64.1200(a)(10)) and what the large
carriers act upon. A word counts only as the whole message: “please don't stop” is no opt-out.
"""

import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    OPT_OUT = "OPT_OUT"
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    UNREAD = "UNREAD"  # nothing a rule knows: a person has to read it


OPT_OUT_WORDS = frozenset(
    {
        "ARRET",
        "BAJA",
        "CANCEL",
        "END",
        "OPTOUT",
        "QUIT",
        "REMOVE",
        "REVOKE",
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
    }
)
OPT_IN_WORDS = frozenset({"START", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})

_WORDS = {
    **dict.fromkeys(OPT_OUT_WORDS, Meaning.OPT_OUT),
    **dict.fromkeys(OPT_IN_WORDS, Meaning.OPT_IN),
    **dict.fromkeys(HELP_WORDS, Meaning.HELP),
}
_POLITE = ("PLEASE", "PLS", "NOW", "ALL")


def understand(text: str) -> Meaning:
    """What a whole message means; case, accents, punctuation, spaces and emoji do not matter."""
    words = _letters(text).split()
    joined = "".join(words)
    if joined in _WORDS:
        return _WORDS[joined]
    bare = "".join(word for word in words if word not in _POLITE)
    if _WORDS.get(bare) is Meaning.OPT_OUT:
        return Meaning.OPT_OUT
    return Meaning.UNREAD


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).upper()
    kept = (
        character if character.isalpha() else " "
        for character in decomposed
        if not unicodedata.combining(character)
    )
    return "".join(kept)
