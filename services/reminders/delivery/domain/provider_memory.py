import msgspec


class StoredProviderHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What the database knows of a provider; `open_seconds` are left of an open circuit."""

    weight: float
    open_seconds: float = 0.0
