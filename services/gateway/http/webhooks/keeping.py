"""What every provider's callbacks do with what they were told."""

from collections.abc import Callable
from datetime import datetime

from flask import Response

from services.gateway.intake.items import Told

Keep = Callable[[Callable[[datetime], Told]], None]
"""Commits what is made for the product's present time; afterwards it cannot be lost."""

LONGEST_WORD = 64
_LONGEST_ID = 18  # digits that fit into 64 bits


def number(text: str) -> int | None:
    """Read an id of ours out of an address; None when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID else None


def plain(status: int, text: str) -> Response:
    return Response(text + "\n", status=status, mimetype="text/plain")
