"""Going back to an earlier release: it was published whole, so it is only shown again."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from services.contracts.catalog import Release
from services.contracts.content import OverlayInfo, RollBackReply


class Shelf(Protocol):
    """The methods of one rolling back share a transaction."""

    def begin_publishing(self) -> datetime: ...
    def current_version(self) -> str | None: ...
    def read(self, version: str) -> Release | None: ...
    def make_current(self, version: str) -> None: ...


def roll_back(
    shelf: Shelf, version: str, lay_again: Callable[[], tuple[OverlayInfo, ...]]
) -> RollBackReply:
    """Make an earlier release the current one; patients keep the plans they were enrolled in.

    What clinics use is laid again on it.
    """
    shelf.begin_publishing()
    was = shelf.current_version()
    release = shelf.read(version)
    if release is None:
        return RollBackReply(info=None, was=was)
    shelf.make_current(version)
    return RollBackReply(info=release.info, was=was, misfits=lay_again())
