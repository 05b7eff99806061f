"""How many segments a text message takes, as providers bill it (3GPP TS 23.038 and 23.040)."""

from enum import StrEnum
from math import ceil
from typing import Final

import msgspec

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # each takes an escape and a septet
_GSM_7: Final = _BASIC | _EXTENDED
_LAST_OF_THE_BASIC_PLANE: Final = 0xFFFF


class Encoding(StrEnum):
    GSM_7 = "GSM_7"
    UCS_2 = "UCS_2"


_SINGLE: Final = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
_JOINED: Final = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}
"""Units in a segment of a longer text, which spends six octets on a header."""


class Segments(msgspec.Struct, frozen=True):
    """`units` are septets (GSM 7-bit) or 16-bit code units (UCS-2)."""

    encoding: Encoding
    units: int
    parts: int


def count_segments(text: str) -> Segments:
    """Count the segments of a text: at least one.

    An escape pair or a surrogate pair is never split. Some providers count by division alone, so
    this is the upper bound of what is billed.
    """
    encoding = Encoding.GSM_7 if _GSM_7.issuperset(text) else Encoding.UCS_2
    if _is_of_single_units(text, encoding):
        units = len(text)
        parts = 1 if units <= _SINGLE[encoding] else ceil(units / _JOINED[encoding])
        return Segments(encoding, units, parts)
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= _SINGLE[encoding]:
        return Segments(encoding, units, 1)
    return Segments(encoding, units, _joined_parts(widths, _JOINED[encoding]))


def non_gsm_characters(text: str) -> str:
    """Return each character that GSM 7-bit lacks once: any of them makes the text UCS-2."""
    return "".join(dict.fromkeys(character for character in text if character not in _GSM_7))


def _is_of_single_units(text: str, encoding: Encoding) -> bool:
    """Whether each character takes one unit, as in most texts: then division is exact."""
    if encoding is Encoding.GSM_7:
        return _EXTENDED.isdisjoint(text)
    return ord(max(text)) <= _LAST_OF_THE_BASIC_PLANE


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > _LAST_OF_THE_BASIC_PLANE else 1


def _joined_parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
