"""A message on its way to a provider, and what may become of the attempt."""

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
    deadline_seconds: float


class Accepted(msgspec.Struct, frozen=True):
    """The provider took it; `reference` is the provider's own name for it."""

    reference: str | None


class RejectedForNow(msgspec.Struct, frozen=True):
    """Definitely not taken; trying again may help. `retry_after`: seconds the provider asks for."""

    code: str
    retry_after: float | None = None


class RejectedForGood(msgspec.Struct, frozen=True):
    """Definitely not taken, and never will be; `suppress` says why to stop using the address."""

    code: str
    suppress: SuppressionReason | None = None


class Unknown(msgspec.Struct, frozen=True):
    """It left, and nobody can say whether it was taken. Never sent again without evidence."""

    code: str


Outcome = Accepted | RejectedForNow | RejectedForGood | Unknown
