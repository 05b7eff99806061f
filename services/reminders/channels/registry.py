"""Which providers carry a channel, by the names that settings give them."""

from collections.abc import Callable, Mapping

from services.reminders.channels.channel import Provider

Factory = Callable[[], Provider]


class NoSuchProvider(ValueError):
    """A setting names a provider that does not exist for the channel."""


def choose(names: str, known: Mapping[str, Factory]) -> dict[str, Provider]:
    """Make the providers of a comma list, first preferred; raises NoSuchProvider."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise NoSuchProvider(f"there is no provider {name!r}; choose from {', '.join(known)}")
    return {name: known[name]() for name in wanted}
