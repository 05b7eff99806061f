"""How long each kind of data is kept where a clinic says nothing else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kept(StrEnum):
    """What is purged by age. Consents, suppressions and counts are not: they are the proof."""

    BODIES = "bodies"
    REPLIES = "replies"
    ANSWERS = "answers"
    NOTES = "notes"
    ADDRESSES = "addresses"
    DECISIONS = "decisions"
    ATTEMPTS = "attempts"
    KEYS = "keys"
    IMPORTS = "imports"
    AUDIT = "audit"


DEFAULT_DAYS: Final[Mapping[Kept, int]] = {
    Kept.BODIES: 365,  # what messages said
    Kept.REPLIES: 365,  # what patients wrote, and from where
    Kept.ANSWERS: 1095,  # to check-ins, and what became of escalations
    Kept.NOTES: 1095,  # of staff, at tasks
    Kept.ADDRESSES: 365,  # that patients had before
    Kept.DECISIONS: 730,  # why a message was sent, or not
    Kept.ATTEMPTS: 730,  # calls to providers, and receipts
    Kept.KEYS: 90,  # idempotency keys
    Kept.IMPORTS: 90,  # what became of each line of a file
    Kept.AUDIT: 2190,  # six years: 45 CFR 164.316(b)(2)
}

LONGEST_DAYS: Final = 36_500
"""A hundred years: whoever means longer has slipped on the keyboard."""

SHORTEST_DAYS: Final = 30
"""Whatever is younger may still be at work: being sent, answered, or asked about."""
