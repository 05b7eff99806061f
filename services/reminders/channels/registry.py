"""Which providers carry a channel, by the names that settings give them."""

from collections.abc import Collection


class NoSuchProvider(ValueError):
    """A setting names a provider that does not exist for the channel."""


def choose(names: str, known: Collection[str]) -> tuple[str, ...]:
    """Read a comma list, whose entries may name a weight as well; raises NoSuchProvider."""
    wanted = tuple(part.partition("=")[0].strip() for part in names.split(",") if part.strip())
    for name in wanted:
        if name not in known:
            raise NoSuchProvider(f"there is no provider {name!r}; choose from {', '.join(known)}")
    return wanted
