"""What operators change about a clinic, asked of the reminders service on its stream.

By the command line only; no key of a clinic's can reach it.
"""

from msgspec import UNSET, UnsetType

from services.contracts.ask import RemindersCommand
from services.contracts.clinic_hours import Closure, OpeningHours
from services.contracts.errors import Refusal
from services.contracts.reminders import ClinicRecord, QuietHours


class ChangeClinic(
    RemindersCommand[ClinicRecord | Refusal], frozen=True, kw_only=True, omit_defaults=True
):
    """What is UNSET stays; lists take the place of the old ones whole.

    No quiet hours are those a clinic begins with, no emergency number is the country's.
    `countries` are ISO 3166 codes of those it serves besides its own.
    """

    clinic_id: int
    phone: str | UnsetType | None = UNSET
    emergency_number: str | UnsetType | None = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    out_of_hours: str | UnsetType | None = UNSET
    countries: tuple[str, ...] | UnsetType = UNSET
    opening_hours: tuple[OpeningHours, ...] | UnsetType = UNSET
    closures: tuple[Closure, ...] | UnsetType = UNSET


class SuspendClinic(RemindersCommand[ClinicRecord | Refusal], frozen=True, kw_only=True):
    """Take on nobody new for a clinic and keep back all it sends, or end that.

    Safe to repeat. What is kept back goes out afterwards as far as it is still of use.
    """

    clinic_id: int
    is_suspended: bool
    actor: str
    reason: str
