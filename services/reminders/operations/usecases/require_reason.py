"""The reason that every act of an operator needs."""

from services.contracts.errors import Refusal, UserErrorCode, refuse


def missing_reason(reason: str) -> Refusal | None:
    if reason.strip():
        return None
    return refuse(UserErrorCode.REQUIRED, "Say why: it is kept with what was done.", "reason")
