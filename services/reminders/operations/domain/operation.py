import msgspec


class NewOperation(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an operator's act; `filters` is JSON."""

    kind: str
    actor: str
    reason: str
    filters: str
    affected: int
