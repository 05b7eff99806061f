"""The addresses that clinics send from, asked of the reminders service on its stream.

Operators keep them by the command line; no key of a clinic's can reach them.
"""

from datetime import timedelta
from typing import ClassVar, Final

from services.contracts.ask import RemindersAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.errors import Refusal
from services.contracts.reminders import Record

REPORT_PURPOSE: Final = "delivery-report"
REPORT_LIFETIME: Final = timedelta(days=14)
"""Of the token that a provider without signatures shows with a report: (clinic id, attempt id).

Carriers try for three days at most; what they report can dawdle.
"""


class SenderRecord(Record, frozen=True, kw_only=True, tag=True):
    """`lacks` says why production does not send from it, if anything, in codes of decisions."""

    id: int
    clinic_id: int
    channel: Channel
    provider: str
    address: str
    is_default: bool
    country: str
    is_two_way: bool
    account: str | None
    secret_file: str | None
    data_agreement: str | None
    opt_out_way: str | None
    postal_address: str | None
    lacks: tuple[str, ...] = ()


class AddSender(RemindersCommand[SenderRecord | Refusal], frozen=True, kw_only=True):
    """Add an address, or give one that is there already these traits.

    `account` is the clinic's own with the provider, `secret_file` a name in the folder of secrets,
    the account's own where none is given; without an account it is the settings' one. No country
    means the clinic's. A clinic sends from its default sender first. `is_for_marketing` asks for
    what marketing mail needs.
    """

    clinic_id: int
    channel: Channel
    provider: str
    address: str
    is_default: bool = False
    country: str | None = None
    is_two_way: bool = True
    account: str | None = None
    secret_file: str | None = None
    data_agreement: str | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None
    is_for_marketing: bool = False


class ListSenders(RemindersAsk[tuple[SenderRecord, ...]], frozen=True, kw_only=True):
    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int | None = None  # of all clinics when None
