"""A message on its way to a provider, and what may become of the attempt."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from services.contracts.words import SuppressionReason
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import Account


class TooLate(Exception):
    """So much of the lease is over that the message must not leave any more."""


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider gets. `deadline_seconds` bounds the whole call, by the wall clock."""

    attempt_id: int
    clinic_id: int
    to: str
    sender: str
    text: str
    subject: str | None = None
    html: str | None = None
    callback_url: str | None = None
    message_id: str | None = None
    return_path: str | None = None  # where bounces go; None: to the sender
    unsubscribe_url: str | None = None  # one click there ends mail of this kind
    list_name: str | None = None  # the kind of mail, for List-ID, without the domain
    deadline_seconds: float


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A message for one provider. `leaving` is called right before it leaves, `answered` after.

    `leaving` may raise TooLate. Without an account it goes through the one of the settings.
    """

    provider: str
    account: Account | None = None
    message: OutgoingMessage
    leaving: Callable[[], None]
    answered: Callable[[], None] = lambda: None


class Failure(StrEnum):
    """Why a message was not accepted; `retry.TABLE` says what follows."""

    NOT_REACHED = "NOT_REACHED"  # no name, no connection, no TLS, or no time left to call
    BUSY = "BUSY"  # too many requests
    UNAVAILABLE = "UNAVAILABLE"  # the provider says that it does not work now
    NOT_ALLOWED = "NOT_ALLOWED"  # our account or credentials: an operator must act
    SENDER = "SENDER"  # the address it is sent from: an operator must act, for this sender alone
    REFUSED = "REFUSED"  # any other refusal that may pass, such as greylisting
    WITHHELD = "WITHHELD"  # we did not call, so it says nothing about the provider
    FOR_GOOD = "FOR_GOOD"  # the same message would be refused again
    AMBIGUOUS = "AMBIGUOUS"  # it left, and it is unknown whether it was accepted


class Accepted(msgspec.Struct, frozen=True):
    """The provider accepted it; `reference` is the provider's id of it."""

    reference: str | None


class Unsendable(Exception):
    """A message cannot be handed to any provider, because of what it holds.

    `reason` names what; nothing was sent.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class RejectedForNow(msgspec.Struct, frozen=True):
    """Definitely not accepted; a retry may help. `retry_after`: seconds the provider asks for."""

    code: str
    retry_after: float | None = None
    failure: Failure = Failure.REFUSED


class RejectedForGood(msgspec.Struct, frozen=True):
    """Definitely not accepted, now or later. `suppress` says why to stop using the address."""

    code: str
    suppress: SuppressionReason | None = None


class Unknown(msgspec.Struct, frozen=True):
    """It left, and it is unknown whether it was accepted. Never sent again without evidence."""

    code: str


Outcome = Accepted | RejectedForNow | RejectedForGood | Unknown


def failure_of(outcome: Outcome) -> Failure | None:
    """Why it was not accepted; None if it was."""
    match outcome:
        case Accepted():
            return None
        case RejectedForNow():
            return outcome.failure
        case RejectedForGood():
            return Failure.FOR_GOOD
        case Unknown():
            return Failure.AMBIGUOUS
