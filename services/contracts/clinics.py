"""What operators change about a clinic, by the command line only.

No API key of a clinic allows this.
"""

from msgspec import UNSET, UnsetType

from services.contracts.ask import RemindersCommand
from services.contracts.clinic_hours import Closure, OpeningHours
from services.contracts.errors import Refusal
from services.contracts.reminders import ClinicRecord, QuietHours


class ChangeClinic(
    RemindersCommand[ClinicRecord | Refusal], frozen=True, kw_only=True, omit_defaults=True
):
    """Change fields of a clinic. UNSET fields stay, and lists replace the old ones.

    Without quiet hours a clinic has the initial ones; without an emergency number, that of its
    country; without a name for texts, the one that is proposed. `countries` are ISO 3166 codes of
    those that it serves besides its own.
    """

    clinic_id: int
    phone: str | UnsetType | None = UNSET
    emergency_number: str | UnsetType | None = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    out_of_hours: str | UnsetType | None = UNSET
    sms_name: str | UnsetType | None = UNSET
    countries: tuple[str, ...] | UnsetType = UNSET
    opening_hours: tuple[OpeningHours, ...] | UnsetType = UNSET
    closures: tuple[Closure, ...] | UnsetType = UNSET


class SuspendClinic(RemindersCommand[ClinicRecord | Refusal], frozen=True, kw_only=True):
    """Stop enrolling for a clinic and hold its messages, or end that. Safe to repeat.

    Held messages are sent afterwards if they are still useful.
    """

    clinic_id: int
    is_suspended: bool
    actor: str
    reason: str
