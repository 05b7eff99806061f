"""Comparing two releases, by version or as “what would change if we went back”."""

from typing import Protocol

from services.content.domain.differences import differences
from services.contracts.catalog import Release
from services.contracts.content import DiffReleases, DiffReply


class Shelf(Protocol):
    def current_version(self) -> str | None: ...
    def read(self, version: str) -> Release | None: ...


def diff_releases(shelf: Shelf, asked: DiffReleases) -> DiffReply:
    """Tell what changes from one to the other; without `after`, the current one is meant."""
    versions = (asked.before, asked.after or shelf.current_version() or "")
    before, after = (shelf.read(version) for version in versions)
    if before is None or after is None:
        missing = versions[0] if before is None else versions[1]
        return DiffReply(unknown_version=missing)
    return DiffReply(changes=differences(before, after))
