"""Who messages are from, and what a sender must have before it may be used in production."""

from typing import Final

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.reminders.core.message_text import MessageFacts
from services.reminders.core.reasons import Reason

AGREEMENT_COUNTRIES: Final = frozenset({"US"})
"""Where whoever carries health data for a clinic must have signed for it: a business associate
agreement, 45 CFR 164.504(e)."""


class Account(msgspec.Struct, frozen=True):
    """A clinic's own account with a provider; `secret_file` is a name in the secrets folder."""

    name: str
    secret_file: str


class SenderAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Who a message is from: an address of the clinic's with one provider.

    Without an account it is of the provider's account in the settings. `opt_out_way` stands in
    its messages where nobody can answer it, `postal_address` at the foot of marketing mail.
    """

    id: int
    provider: str
    address: str
    account: Account | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None


def signed_by(sender: SenderAddress, facts: MessageFacts) -> MessageFacts:
    """The facts with what messages from this sender must say."""
    return msgspec.structs.replace(
        facts, opt_out_way=sender.opt_out_way, postal_address=sender.postal_address
    )


class SenderTraits(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a sender may be used, and for what.

    `opt_out_way` is what a patient can do who cannot answer; `postal_address` stands at the foot
    of marketing mail.
    """

    channel: Channel
    country: str
    is_two_way: bool = True
    data_agreement: str | None = None
    opt_out_way: str | None = None
    postal_address: str | None = None


def lacks(sender: SenderTraits, purpose: Purpose) -> frozenset[Reason]:
    """What a sender lacks for messages of a purpose, so that production does not send from it.

    An opt-out that nobody can say is none (47 CFR 64.1200(a)(10)); commercial mail names a valid
    postal address (15 USC 7704(a)(5)).
    """
    found = set()
    if sender.country in AGREEMENT_COUNTRIES and not sender.data_agreement:
        found.add(Reason.SENDER_WITHOUT_DATA_AGREEMENT)
    if not sender.is_two_way and not sender.opt_out_way:
        found.add(Reason.SENDER_WITHOUT_OPT_OUT)
    is_advertising = sender.channel is Channel.EMAIL and purpose is Purpose.MARKETING
    if is_advertising and not sender.postal_address:
        found.add(Reason.SENDER_WITHOUT_POSTAL_ADDRESS)
    return frozenset(found)


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


def explain(found: frozenset[Reason]) -> str:
    """Say what is missing, and where to give it."""
    return "; ".join(_HOW[lack] for lack in sorted(found)) + "."
