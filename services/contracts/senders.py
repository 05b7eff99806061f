"""The addresses that clinics send from.

Operators manage them by the command line; no API key of a clinic allows this.
"""

from datetime import timedelta
from typing import Final

from services.contracts.ask import OperatorAsk, RemindersCommand
from services.contracts.catalog import Channel
from services.contracts.errors import Refusal
from services.contracts.reminders import Record

REPORT_PURPOSE: Final = "delivery-report"
REPORT_LIFETIME: Final = timedelta(days=14)
"""Of the token in reports of providers without signatures: (clinic id, attempt id).

Providers try for at most three days, and reports may be late.
"""


RETURN_PATH_KIND: Final = "b"
"""The kind of the signed addresses that bounces come back to: (clinic id, attempt id)."""

SIGNED_ADDRESS_LIFETIME: Final = timedelta(days=30)
"""Of the signed addresses that mail is sent from, as long as that of a Message-ID."""


class SenderRecord(Record, frozen=True, kw_only=True, tag=True):
    """`lacks` has the reasons why production does not send from it, as codes of decisions.

    `most_parts` is how many parts of a text it carries whole; None: the usual number.
    """

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
    most_parts: int | None = None
    bounce_domain: str | None = None
    lacks: tuple[str, ...] = ()


class AddSender(RemindersCommand[SenderRecord | Refusal], frozen=True, kw_only=True):
    """Add an address, or change the data of an existing one.

    `account` is the clinic's own with the provider, or None for that of the settings. `secret_file`
    is a name in the folder of secrets, by default that of the account. No country means the
    clinic's. A clinic prefers its default sender. `bounce_domain` is the domain of the addresses
    that bounces of its mail come back to, one for each message. `is_for_marketing` requires what
    marketing mail needs. `most_parts` is for a sender whose contract or gateway carries another
    number of parts of a text than is usual.
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
    most_parts: int | None = None
    bounce_domain: str | None = None
    is_for_marketing: bool = False


class ListSenders(OperatorAsk[tuple[SenderRecord, ...]], frozen=True, kw_only=True):
    clinic_id: int | None = None  # of all clinics when None
