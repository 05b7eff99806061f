"""Comparing two releases."""

from collections.abc import Sequence

from services.content.domain.differences import differences
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.content import DiffReleases, DiffReply


def diff_releases(uow: ContentUnitOfWork, asks: Sequence[DiffReleases]) -> list[DiffReply]:
    return [_diff(uow, ask) for ask in asks]


def _diff(uow: ContentUnitOfWork, ask: DiffReleases) -> DiffReply:
    """Compare with the current release if `after` is None."""
    versions = (ask.before, ask.after or uow.releases.current_version() or "")
    before, after = (uow.releases.read(version) for version in versions)
    if before is None or after is None:
        missing = versions[0] if before is None else versions[1]
        return DiffReply(unknown_version=missing)
    return DiffReply(changes=differences(before, after))
