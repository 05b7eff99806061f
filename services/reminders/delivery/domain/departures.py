"""What the journal of a dead process says about its attempts."""

from uuid import UUID

import msgspec


class Departures(msgspec.Struct, frozen=True):
    """Of `owner`'s open attempts only these may have left: (clinic id, attempt id)."""

    owner: UUID
    departed: frozenset[tuple[int, int]]
