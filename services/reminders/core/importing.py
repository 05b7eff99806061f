"""What imported lines of a file hold, and what became of them."""

from enum import StrEnum

import msgspec

from services.contracts.privacy import RowFault, SuppressionGiven


class Outcome(StrEnum):
    ADDED = "ADDED"
    KNOWN = "KNOWN"
    REFUSED = "REFUSED"


class ImportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a line of the file."""

    line: int
    outcome: Outcome
    fault: RowFault | None = None
    patient_id: int | None = None


class ImportedSuppression(msgspec.Struct, frozen=True):
    line: int
    suppression: SuppressionGiven
