"""Which providers carry a channel, by the names that settings give them."""

from collections.abc import Collection


class NoSuchProvider(ValueError):
    """A setting names a provider that does not exist for the channel."""


def choose(names: str, known: Collection[str]) -> tuple[str, ...]:
    """Read a comma list, first preferred; raises NoSuchProvider."""
    wanted = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in wanted:
        if name not in known:
            raise NoSuchProvider(f"there is no provider {name!r}; choose from {', '.join(known)}")
    return wanted
