"""The names of people who hold API keys of their own.

Services record the number of the key that did something and never learn a name. The gateway adds
the name when a viewer who may see it reads the record.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_ACTOR: Final = re.compile(r"key:([1-9]\d{0,17})")
_MAX_CACHED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a clinic's staff with an API key of their own."""

    key_id: int
    clinic_id: int
    name: str


def key_behind(actor: str | None) -> int | None:
    """Return the number of the key recorded as actor, or None if the actor was not a key."""
    match = _ACTOR.fullmatch(actor or "")
    return int(match[1]) if match else None


ReadNames = Callable[[int, Collection[int]], Mapping[int, str | None]]
"""Returns the names of the holders of these keys of a clinic, by the number of the key.

Raises KeysNotReadable.
"""


class People:
    """Caches names without expiry: the holder of a key never changes, even if it is revoked."""

    def __init__(self, read: ReadNames) -> None:
        self._read = read
        self._names: dict[tuple[int, int], str | None] = {}

    async def find(self, clinic_id: int, key_ids: Iterable[int]) -> dict[int, Person]:
        """Return the people who hold these keys; keys that belong to no person are left out."""
        unique_ids = set(key_ids)
        if any((clinic_id, key_id) not in self._names for key_id in unique_ids):
            return await asyncio.to_thread(self.find_now, clinic_id, unique_ids)
        return self.find_now(clinic_id, unique_ids)

    def find_now(self, clinic_id: int, key_ids: Iterable[int]) -> dict[int, Person]:
        """The same as `find`, but blocks while it reads names that are not cached."""
        unique_ids = set(key_ids)
        missing = {key_id for key_id in unique_ids if (clinic_id, key_id) not in self._names}
        if missing:
            self._keep(clinic_id, self._read(clinic_id, missing))
        return {
            key_id: Person(key_id, clinic_id, name)
            for key_id in unique_ids
            if (name := self._names.get((clinic_id, key_id)))
        }

    def _keep(self, clinic_id: int, names: Mapping[int, str | None]) -> None:
        if len(self._names) + len(names) > _MAX_CACHED:
            self._names.clear()
        self._names.update({(clinic_id, key_id): name for key_id, name in names.items()})
