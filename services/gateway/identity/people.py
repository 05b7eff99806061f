"""Who holds the keys that are one person's.

Services keep who did something as a key's number and never learn the name: it is put in its place
when somebody who may read it does.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_ACTOR: Final = re.compile(r"key:([1-9]\d{0,17})")
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a clinic's staff, known by a key of their own."""

    key_id: int
    clinic_id: int
    name: str


def key_behind(actor: str | None) -> int | None:
    """The number of the key that services say did something; None where it was no key."""
    found = _ACTOR.fullmatch(actor or "")
    return int(found[1]) if found else None


ReadNames = Callable[[int, Collection[int]], Mapping[int, str | None]]
"""By a clinic's number, its keys of these numbers, with the names of those who hold them.

Raises KeysNotReadable.
"""


class People:
    """Remembers names for good: who holds a key never changes, nor when it is revoked."""

    def __init__(self, read: ReadNames) -> None:
        self._read = read
        self._known: dict[tuple[int, int], str | None] = {}

    async def find(self, clinic_id: int, key_ids: Iterable[int]) -> dict[int, Person]:
        """The people behind these keys of the clinic; a key that is nobody's is left out."""
        wanted = set(key_ids)
        if any((clinic_id, one) not in self._known for one in wanted):
            return await asyncio.to_thread(self.find_now, clinic_id, wanted)
        return self.find_now(clinic_id, wanted)

    def find_now(self, clinic_id: int, key_ids: Iterable[int]) -> dict[int, Person]:
        """The same; blocks while it asks the database for those it does not know."""
        wanted = set(key_ids)
        missing = {one for one in wanted if (clinic_id, one) not in self._known}
        if missing:
            self._remember(clinic_id, self._read(clinic_id, missing))
        return {
            one: Person(one, clinic_id, name)
            for one in wanted
            if (name := self._known.get((clinic_id, one)))
        }

    def _remember(self, clinic_id: int, names: Mapping[int, str | None]) -> None:
        if len(self._known) + len(names) > _REMEMBERED:
            self._known.clear()
        self._known.update({(clinic_id, key): name for key, name in names.items()})
