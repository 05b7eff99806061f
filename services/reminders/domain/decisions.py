"""What the codes of planning's decisions say to a person who asks why."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "PLANNED": "Planned when the patient was enrolled.",
    "CONSENT_RELIED_ON": "The patient's consent permits it.",
    "ZONE_STATED": "Timed by the patient's own time zone.",
    "ZONE_OF_CLINIC": "Timed by the clinic's time zone: the patient states none.",
    "CLOCK_GAP": "The clocks skip its time that day; moved on by as much.",
    "LATE_SENT_NOW": "Its time had passed at enrollment; still useful, so sent at once.",
    "LATE_SKIPPED": "Its time had passed at enrollment; this step is not sent late.",
    "LATE_EXPIRED": "It was no longer useful at enrollment.",
    "WINDOW_MOVED": "Moved to the next time that is not quiet for the patient.",
    "WINDOW_EXPIRED": "At no time that is not quiet would it still be useful.",
    "ENROLLMENT_CANCELLED": "The enrollment was cancelled.",
}


def sentence(code: str, detail: str | None) -> str:
    """What to show for a recorded decision; a code without a sentence is shown as words."""
    said = SENTENCES.get(code) or code.replace("_", " ").capitalize() + "."
    return f"{said} ({detail})" if detail else said
