"""What a file's line comes to."""

from enum import StrEnum


class Outcome(StrEnum):
    ADDED = "ADDED"
    KNOWN = "KNOWN"
    REFUSED = "REFUSED"
