"""The result of importing a line of a file."""

from enum import StrEnum


class Outcome(StrEnum):
    ADDED = "ADDED"
    KNOWN = "KNOWN"
    REFUSED = "REFUSED"
