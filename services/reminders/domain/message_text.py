"""What a message says: the facts that may be filled in, and the text that comes of it."""

from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts.catalog import AftercareStep, Channel
from services.contracts.words import MessageDetail


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a template may name. `said_at` is when the patient will read it (“tomorrow” is then).

    `procedure_ended_at` is the start where the end is not known. `opt_out_way` is said where the
    sender cannot be answered, `postal_address` in marketing mail.
    """

    clinic_name: str
    clinic_phone: str | None
    emergency_number: str
    patient_name: str | None
    procedure_at: datetime
    procedure_ended_at: datetime
    said_at: datetime
    time_zone: str
    locale: str
    opt_out_way: str | None = None
    postal_address: str | None = None


class RenderedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` and `html`, which is made from `text`, for email only."""

    text: str
    subject: str | None = None
    html: str | None = None


class CannotRender(Exception):
    """A text cannot be made; says which step and why, never a patient's data."""


class Renderer(Protocol):
    def render(
        self, step: AftercareStep, channel: Channel, detail: MessageDetail, facts: MessageFacts
    ) -> RenderedMessage:
        """Raises CannotRender."""
        ...
