"""Names as text messages write them: a letter outside GSM 7-bit more than halves a segment."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from services.contracts.catalog import Channel
from services.contracts.sms.segments import non_gsm_characters
from services.contracts.visible_text import visible, visible_line

LONGEST_NAME: Final = 60
"""Characters of a clinic's name: every text message begins with it."""

_APOSTROPHES: Final = "‘’‚‛′ʹʻʼˈ`´ʽ‹›"  # noqa: RUF001 - what people paste
_QUOTES: Final = "“”„‟«»″"
_DASHES: Final = "‐‑‒–—―−⁃﹘•‧∙●◦▪"  # noqa: RUF001 - what people paste
_SIGNS: Final = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_QUOTES, '"'),
    **dict.fromkeys(_DASHES, "-"),
    "·": ".",
    "…": "...",
    "\N{FRACTION SLASH}": "/",
    "\N{MULTIPLICATION SIGN}": "x",
    "÷": "/",
    "©": "",
    "®": "",
    "™": "",
    "№": "No",
}
_SPELLINGS: Final = {
    "œ": "oe",
    "Œ": "OE",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "\N{LATIN SMALL LETTER KRA}": "q",
    "ŋ": "ng",
    "Ŋ": "Ng",
    "ə": "e",
    "Ə": "E",
    "ẞ": "SS",
}
_STRUCK: Final = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z]) WITH ")
_SPACES: Final = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
"""Unicode category Zs, less the common space."""
_ORNAMENTS: Final = frozenset({"So", "Sk", "Cs", "Co", "Cn"})
_EMOJI_SELECTORS: Final = frozenset("\ufe0e\ufe0f\u200d")


_WRITTEN: Final = _SIGNS | _SPELLINGS | dict.fromkeys(_SPACES, " ")
_PLAIN: Final = str.maketrans(
    {sign: plain for sign, plain in _SIGNS.items() if plain} | dict.fromkeys(_SPACES, " ")
)


def name_on(channel: Channel, name: str, sms_name: str | None) -> str:
    """The name that a clinic's messages begin with; without an `sms_name`, texts as proposed."""
    if channel is not Channel.SMS:
        return visible_line(name)
    return sms_name or gsm_name(name)


def plain(text: str) -> str:
    """Write typographic punctuation and spaces with the characters of GSM 7-bit.

    Letters stay as they are.
    """
    return visible(text).translate(_PLAIN)


@lru_cache(maxsize=1024)
def gsm_name(name: str) -> str:
    """Propose a name for text messages: one line, in GSM 7-bit where the script allows.

    Accents that GSM 7-bit has stay (é, ñ, ü); others go (í becomes i), and so do ornaments. A name
    in another script, such as 光 or Клиника, stays as it is: no other spelling of it is known.
    """
    line = visible_line(name)
    proposed = " ".join("".join(map(_gsm, line)).split())
    return line if not proposed or non_gsm_characters(proposed) else proposed


def _gsm(character: str) -> str:
    if not non_gsm_characters(character):
        return character
    if character in _WRITTEN:
        return _WRITTEN[character]
    if character in _EMOJI_SELECTORS or unicodedata.category(character) in _ORNAMENTS:
        return ""
    return _base(character)


def _base(character: str) -> str:
    """The letter without its marks, as many as GSM 7-bit has; itself if that is not known."""
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(map(_spelled, (part for part in parts if not unicodedata.combining(part))))
    return character if not bare or non_gsm_characters(bare) else bare


def _spelled(character: str) -> str:
    if character in _WRITTEN:
        return _WRITTEN[character]
    struck = _STRUCK.match(unicodedata.name(character, ""))
    if struck is None:
        return character
    return struck[2] if struck[1] == "CAPITAL" else struck[2].lower()
