"""What an operator did, and the reason that each such act needs."""

import msgspec

from services.contracts.errors import Refusal, UserErrorCode, refuse


class NewOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the operations log. `filters` is JSON."""

    kind: str
    actor: str
    reason: str
    filters: str
    affected: int


def missing_reason(reason: str) -> Refusal | None:
    """Refuse an act without a reason."""
    if reason.strip():
        return None
    return refuse(UserErrorCode.REQUIRED, "Say why: it is kept with what was done.", "reason")
