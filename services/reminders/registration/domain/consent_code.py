from enum import StrEnum

import msgspec


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
