"""Senders of messages, and what a sender must have before production uses it."""

from typing import Any, Final

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.senders import SenderRecord
from services.contracts.sms.limits import SmsLimit, limit_of
from services.reminders.core.message_text import MessageFacts
from services.reminders.core.reasons import Reason
from services.reminders.core.structs import struct_from

AGREEMENT_COUNTRIES: Final = frozenset({"US"})
"""Countries where a provider must sign an agreement before it handles a clinic's health data: a
business associate agreement, 45 CFR 164.504(e)."""


class Account(msgspec.Struct, frozen=True):
    """A clinic's own account with a provider; `secret_file` is a name in the secrets folder."""

    name: str
    secret_file: str


class SenderAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Who a message is from: an address of a clinic with one provider.

    Without an account of its own, it uses the provider's account in the settings. `opt_out_way`
    is shown where patients cannot reply, `postal_address` at the foot of marketing mail.
    `most_parts` is how many parts of a text it carries whole, where that is not the usual number.
    Mail has a return path of its own for each message at `bounce_domain`, or the sender's address
    if None.
    """

    id: int
    provider: str
    address: str
    account: Account | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None
    most_parts: int | None = None
    bounce_domain: str | None = None

    @property
    def carries(self) -> SmsLimit:
        """The longest text that it carries whole."""
        return limit_of(self.most_parts)


def signed_by(sender: SenderAddress | SenderRecord, facts: MessageFacts) -> MessageFacts:
    """The facts, with what a message from this sender must say."""
    return msgspec.structs.replace(
        facts, opt_out_way=sender.opt_out_way, postal_address=sender.postal_address
    )


class SenderTraits(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a sender may be used, and for which purpose.

    `opt_out_way` is how a patient opts out who cannot reply. `postal_address` is shown at the foot
    of marketing mail.
    """

    channel: Channel
    country: str
    is_two_way: bool = True
    data_agreement: str | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None


def traits_of(sender: Any, clinic_country: str) -> SenderTraits:  # noqa: ANN401 - a Sender or a row of one
    return struct_from(SenderTraits, sender, country=sender.country or clinic_country)


def lacks(sender: SenderTraits, purpose: Purpose) -> frozenset[Reason]:
    """What a sender lacks for messages of a purpose, so that production does not send from it.

    Patients must be able to opt out (47 CFR 64.1200(a)(10)). Commercial mail must show a valid
    postal address (15 USC 7704(a)(5)).
    """
    missing = set()
    if sender.country in AGREEMENT_COUNTRIES and not sender.data_agreement:
        missing.add(Reason.SENDER_WITHOUT_DATA_AGREEMENT)
    if not sender.is_two_way and not sender.opt_out_way:
        missing.add(Reason.SENDER_WITHOUT_OPT_OUT)
    is_advertising = sender.channel is Channel.EMAIL and purpose is Purpose.MARKETING
    if is_advertising and not sender.postal_address:
        missing.add(Reason.SENDER_WITHOUT_POSTAL_ADDRESS)
    return frozenset(missing)


_HOW: Final = {
    Reason.SENDER_WITHOUT_DATA_AGREEMENT: (
        "the reference of the data agreement under which the provider carries"
        " health data (--data-agreement, or DATA_AGREEMENTS for senders of the settings)"
    ),
    Reason.SENDER_WITHOUT_OPT_OUT: (
        "a way to opt out for patients who cannot answer it (--opt-out-way)"
    ),
    Reason.SENDER_WITHOUT_POSTAL_ADDRESS: (
        "the postal address that marketing mail must show (--postal-address,"
        " or POSTAL_ADDRESS for senders of the settings)"
    ),
}


def explain(missing: frozenset[Reason]) -> str:
    """Say what is missing, and where to give it."""
    return "; ".join(_HOW[lack] for lack in sorted(missing)) + "."


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a clinic sends from. `country` is None if it is the clinic's own."""

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
