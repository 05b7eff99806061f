"""Replaces punctuation that would make an SMS need more parts.

Applied to the texts of authors, never to names.
"""

from unicodedata import normalize

from services.contracts.sms_segments import Encoding, count_segments

_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "\u201a": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "\u2011": "-",
        "\u2212": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u200b": "",
        "\ufeff": "",
        "\t": " ",
    }
)


def plain(text: str) -> str:
    """Write typographic punctuation with the characters of GSM 7-bit."""
    return text.translate(_PLAIN)


def without_accents(text: str) -> str:
    """Remove the accents of letters that GSM 7-bit lacks, as in “sab” for “sáb”.

    Only for abbreviations: a whole word would be misspelled.
    """
    return "".join(map(_without_accent, plain(text)))


def _without_accent(character: str) -> str:
    if count_segments(character).encoding is Encoding.GSM_7:
        return character
    return normalize("NFD", character)[0]
