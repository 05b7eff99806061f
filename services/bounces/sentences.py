"""Picks the lines of a mail server's text that say why."""

import re
from collections.abc import Iterator
from typing import Final

_SPOKEN: Final = r"(?<![\d.])[45]\d\d[- ]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}|<<<|said:"
_WORDS: Final = "respon|reason|because|error|diagnos|grund|raison|motivo|причина|理由|原因|退信"
_AN_ANSWER: Final = re.compile(_SPOKEN, re.IGNORECASE)
_A_REASON: Final = re.compile(f"{_SPOKEN}|{_WORDS}", re.IGNORECASE)
_FOLLOWING: Final = 3
"""Lines that belong to a reason, with the first: servers break them."""


def reasons_in(text: str) -> str:
    """The lines with a code or a word such as “reason”, each with the two that follow."""
    return _lines(text, _A_REASON)


def answers_in(text: str) -> str:
    """Only what a server answered. A disclaimer below it has words such as “error” too."""
    return _lines(text, _AN_ANSWER)


def _lines(text: str, wanted: re.Pattern[str]) -> str:
    lines = text.splitlines()
    starts = (index for index, line in enumerate(lines) if wanted.search(line[:1_000]))
    kept = {index: lines[index] for start in starts for index in _paragraph(lines, start)}
    return "\n".join(kept.values())


def _paragraph(lines: list[str], start: int) -> Iterator[int]:
    for index in range(start, min(start + _FOLLOWING, len(lines))):
        if not lines[index].strip():
            return
        yield index
