import msgspec


class NewOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the operations log. `filters` is JSON."""

    kind: str
    actor: str
    reason: str
    filters: str
    affected: int
