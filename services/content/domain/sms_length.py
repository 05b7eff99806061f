"""How many parts a text message takes, as carriers bill it (3GPP TS 23.038)."""

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
_SINGLE: Final = 160
_JOINED: Final = 153


def strange_characters(text: str) -> str:
    """The characters, each once, that would force every part into the costly alphabet."""
    return "".join(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENDED))


def segments(text: str) -> int:
    """Parts of a text that is wholly in the GSM-7 alphabet; an escape pair is never split."""
    widths = [2 if character in _EXTENDED else 1 for character in text]
    if sum(widths) <= _SINGLE:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > _JOINED:
            parts, used = parts + 1, 0
        used += width
    return parts
