"""The message that corrects an outdated one: the visit is at another time now.

It names no procedure, because other people may read the patient's phone.
"""

from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import (
    AftercareStep,
    Channel,
    MessageBody,
    Purpose,
    StepKind,
    StepMessages,
)

_TEXTS: Final = {
    "en": (
        (
            "Your visit has moved: it is on {{ appointment }} now."
            " Please ignore any other time we sent you."
        ),
        "Your visit has moved",
    ),
    "es": (
        (
            "Su cita ha cambiado: ahora es el {{ appointment }}."
            " Haga caso a esto, no a lo que le escribimos antes."
        ),
        "Su cita ha cambiado",
    ),
}
_CHANNELS: Final = (Channel.SMS, Channel.EMAIL)


def correction_step(locale: str) -> AftercareStep:
    """A step that is in no plan, so that a correction renders as every message does."""
    language = locale.split("-", maxsplit=1)[0].lower()
    text, subject = _TEXTS.get(language, _TEXTS["en"])
    body = MessageBody(text=text, subject=subject)
    messages = StepMessages(discreet=body, detailed=body)
    return AftercareStep(
        key="correction",
        kind=StepKind.PREPARE,
        purpose=Purpose.CARE,
        title=subject,
        body=(),
        after="PT0S",
        useful_for="PT0S",
        channels=_CHANNELS,
        messages=dict.fromkeys(_CHANNELS, messages),
    )


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A message that corrects an earlier one."""

    patient_id: int
    enrollment_id: int
    contact_point_id: int
    consent_id: int
    channel: Channel
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    subject: str | None
    text: str


class SentCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """A stored correction. `waits`: it has not begun, so its text can still change."""

    id: int
    enrollment_id: int
    channel: Channel
    due_at: datetime
    waits: bool
