"""The code that confirms a consent from the phone or mailbox it is for.

Six digits, ten minutes, five tries: a guesser's chance is one in 200,000 for each code, and the
limits allow few codes.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import Channel


class CodeAllowance(StrEnum):
    """Whether one more code may be sent, or whose limit is reached."""

    FREE = "FREE"
    KEY = "KEY"
    SUBJECT = "SUBJECT"
    ADDRESS = "ADDRESS"


class SentCode(msgspec.Struct, frozen=True, kw_only=True):
    """The newest code of a patient and channel, while it is valid."""

    id: int
    clinic_id: int
    contact_point_id: int


DIGITS: Final = 6
HOLDS_FOR: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5


class Limit(msgspec.Struct, frozen=True):
    """At most this many codes within this time, in real time."""

    most: int
    within: timedelta


PER_PATIENT: Final = (Limit(3, timedelta(hours=1)),)
PER_ADDRESS: Final = (Limit(3, timedelta(hours=1)), Limit(6, timedelta(days=1)))
PER_KEY: Final = (Limit(60, timedelta(hours=1)), Limit(500, timedelta(days=1)))

_TEXTS: Final = {
    "en": (
        "{clinic}: {code} confirms that we may write to you here. It holds for {minutes} minutes."
        " Not you? Ignore this."
    ),
    "es": (
        "{clinic}: {code} confirma que podemos escribirle a usted. Vale {minutes} minutos."
        " ¿No ha sido usted? No haga nada."
    ),
}
_STOP: Final = {"en": " STOP ends texts.", "es": " Con STOP dejamos de escribirle."}
_SUBJECTS: Final = {"en": "{clinic}: your code", "es": "{clinic}: su código"}


class CodeMessage(msgspec.Struct, frozen=True):
    subject: str | None
    text: str


def code_message(channel: Channel, *, clinic: str, code: str, locale: str) -> CodeMessage:
    """The message with a code, in the patient's language if there is a text in it."""
    language = locale.split("-", maxsplit=1)[0].lower()
    language = language if language in _TEXTS else "en"
    minutes = HOLDS_FOR // timedelta(minutes=1)
    text = _TEXTS[language].format(clinic=clinic, code=code, minutes=minutes)
    if channel is Channel.SMS:
        return CodeMessage(None, text + _STOP[language])
    return CodeMessage(_SUBJECTS[language].format(clinic=clinic), text)
