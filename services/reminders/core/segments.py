"""How many parts a text takes on the air (3GPP TS 23.038 and 23.040)."""

from enum import StrEnum

import msgspec

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes an escape and a septet


class Encoding(StrEnum):
    GSM_7 = "GSM_7"
    UCS_2 = "UCS_2"


class Segments(msgspec.Struct, frozen=True):
    """`units` are septets (GSM 7-bit) or 16-bit code units (UCS-2)."""

    encoding: Encoding
    units: int
    parts: int


_SINGLE = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
_JOINED = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}  # a joined part spends six octets on a header


def count(text: str) -> Segments:
    """Count the parts of a text; an escape pair or a surrogate pair is never split.

    Some providers count by division alone, so this is the upper bound of what is billed.
    """
    encoding = Encoding.GSM_7 if set(text) <= _BASIC | _EXTENDED else Encoding.UCS_2
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= _SINGLE[encoding]:
        return Segments(encoding, units, 1)
    return Segments(encoding, units, _joined_parts(widths, _JOINED[encoding]))


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - beyond the basic plane: a pair


def _joined_parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
