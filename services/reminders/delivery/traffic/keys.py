"""Keys of the shared state in Redis. Names of accounts are ours, never a person's."""

from services.contracts.catalog import Channel

_ROOT = "afterglow:traffic"


def breaker(channel: Channel, provider: str) -> str:
    return f"{_ROOT}:{channel}:{provider}:breaker"


def health(channel: Channel, provider: str) -> str:
    """A prefix; there is one counter a second."""
    return f"{_ROOT}:{channel}:{provider}:health:"


def bucket(channel: Channel, provider: str, account: str) -> str:
    return f"{_ROOT}:{channel}:{provider}:bucket:{account}"


def takers(channel: Channel, provider: str, account: str) -> str:
    return f"{_ROOT}:{channel}:{provider}:takers:{account}"


def clinic(channel: Channel, clinic_id: int) -> str:
    return f"{_ROOT}:{channel}:clinic:{clinic_id}"


def weights(channel: Channel) -> str:
    return f"{_ROOT}:{channel}:weights"


def repeats(name: bytes) -> str:
    """By fingerprint, which identifies no patient; see domain/loops.py."""
    return f"{_ROOT}:repeats:{name.hex()}"
