"""A message on its way to a provider, and what may become of the attempt."""

from enum import StrEnum

import msgspec

from services.contracts.words import SuppressionReason


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is handed. `deadline_seconds` bounds the whole call, by the wall clock."""

    attempt_id: int
    clinic_id: int
    to: str
    sender: str
    text: str
    subject: str | None = None
    html: str | None = None
    callback_url: str | None = None
    message_id: str | None = None
    unsubscribe_url: str | None = None  # one click there ends mail of this kind
    deadline_seconds: float


class Failure(StrEnum):
    """Why a message was not taken; `retry.TABLE` says what follows."""

    NOT_REACHED = "NOT_REACHED"  # no name, no connection, no TLS, or no time left to call
    BUSY = "BUSY"  # too many requests
    UNAVAILABLE = "UNAVAILABLE"  # the provider says that it is out of order
    NOT_ALLOWED = "NOT_ALLOWED"  # our account, credentials or sender: an operator mends it
    REFUSED = "REFUSED"  # any other refusal that may pass, such as greylisting
    WITHHELD = "WITHHELD"  # we did not call: the provider had no part in it
    FOR_GOOD = "FOR_GOOD"  # the same message would be refused again
    AMBIGUOUS = "AMBIGUOUS"  # it left, and nobody can say whether it was taken


class Accepted(msgspec.Struct, frozen=True):
    """The provider took it; `reference` is the provider's own name for it."""

    reference: str | None


class RejectedForNow(msgspec.Struct, frozen=True):
    """Definitely not taken; trying again may help. `retry_after`: seconds the provider asks for."""

    code: str
    retry_after: float | None = None
    failure: Failure = Failure.REFUSED


class RejectedForGood(msgspec.Struct, frozen=True):
    """Definitely not taken, and never will be; `suppress` says why to stop using the address."""

    code: str
    suppress: SuppressionReason | None = None


class Unknown(msgspec.Struct, frozen=True):
    """It left, and nobody can say whether it was taken. Never sent again without evidence."""

    code: str


Outcome = Accepted | RejectedForNow | RejectedForGood | Unknown


def failure_of(outcome: Outcome) -> Failure | None:
    """Why it was not taken; None when it was."""
    match outcome:
        case Accepted():
            return None
        case RejectedForNow():
            return outcome.failure
        case RejectedForGood():
            return Failure.FOR_GOOD
        case Unknown():
            return Failure.AMBIGUOUS
