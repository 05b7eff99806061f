"""Reading and comparing what has been published."""

from collections.abc import Sequence
from typing import Final

from services.content.domain.differences import differences
from services.content.domain.reading_rules_differences import reading_rules_differences
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.get_reading_rules import rules_of
from services.contracts.catalog import Release, ReleaseInfo
from services.contracts.content import (
    Change,
    DiffReleases,
    DiffReply,
    GetRelease,
    GetReleaseInfo,
    ListReleases,
)

_MOST_LISTED: Final = 1_000


def get_releases(uow: ContentUnitOfWork, asks: Sequence[GetRelease]) -> list[Release | None]:
    current = uow.releases.current_version()
    versions = [ask.version or current for ask in asks]
    return [uow.releases.read(version) if version else None for version in versions]


def get_release_info(
    uow: ContentUnitOfWork, asks: Sequence[GetReleaseInfo]
) -> list[ReleaseInfo | None]:
    return [uow.releases.current()] * len(asks)


def list_releases(
    uow: ContentUnitOfWork, asks: Sequence[ListReleases]
) -> list[tuple[ReleaseInfo, ...]]:
    return [uow.releases.newest(max(0, min(ask.limit, _MOST_LISTED))) for ask in asks]


def diff_releases(uow: ContentUnitOfWork, asks: Sequence[DiffReleases]) -> list[DiffReply]:
    return [_diff(uow, ask) for ask in asks]


def _diff(uow: ContentUnitOfWork, ask: DiffReleases) -> DiffReply:
    """Compare with the current release if `after` is None."""
    versions = (ask.before, ask.after or uow.releases.current_version() or "")
    before, after = (uow.releases.read(version) for version in versions)
    if before is None or after is None:
        missing = versions[0] if before is None else versions[1]
        return DiffReply(unknown_version=missing)
    return DiffReply(changes=(*differences(before, after), *_of_rules(uow, versions)))


def _of_rules(uow: ContentUnitOfWork, versions: tuple[str, str]) -> tuple[Change, ...]:
    hashes = [uow.reading_rules.hash_of(version) for version in versions]
    if hashes[0] == hashes[1]:
        return ()
    before, after = (rules_of(uow, rules).rules if rules else None for rules in hashes)
    return reading_rules_differences(before, after)
