"""How long each kind of data is kept unless a clinic sets something else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DataKind(StrEnum):
    """Data that is purged by age. Consents, suppressions and counts are kept as proof."""

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


DEFAULT_DAYS: Final[Mapping[DataKind, int]] = {
    DataKind.BODIES: 365,  # what messages said
    DataKind.REPLIES: 365,  # what patients wrote, and from where
    DataKind.ANSWERS: 1095,  # to check-ins, and the outcomes of escalations
    DataKind.NOTES: 1095,  # of staff on tasks
    DataKind.ADDRESSES: 365,  # that patients have replaced
    DataKind.DECISIONS: 730,  # why a message was sent, or not
    DataKind.ATTEMPTS: 730,  # calls to providers, and receipts
    DataKind.KEYS: 90,  # idempotency keys
    DataKind.IMPORTS: 90,  # the result of each line of a file
    DataKind.AUDIT: 2190,  # six years: 45 CFR 164.316(b)(2)
}

LONGEST_DAYS: Final = 36_500
"""A hundred years. A longer time is a typing error."""

SHORTEST_DAYS: Final = 30
"""Younger data may still be in use: being sent, answered, or asked about."""
