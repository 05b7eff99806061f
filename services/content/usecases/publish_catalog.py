"""Publishing: a checked source, or an earlier release, becomes the current release."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Protocol

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.source.reader import shipped_files
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.content.usecases.check_catalog import Checked, build_release, check
from services.content.usecases.compile_overlay import reapply_overlays
from services.contracts.catalog import AftercarePlan, Release, ReleaseInfo
from services.contracts.content import (
    OverlayInfo,
    Problem,
    PublishCatalog,
    PublishReply,
    RollBack,
    RollBackReply,
)


class ReleaseStore(Protocol):
    """Stores releases. The calls of one publishing share a transaction."""

    def begin_publishing(self) -> datetime: ...

    def current(self) -> ReleaseInfo | None: ...

    def with_content(self, content_hash: str) -> ReleaseInfo | None: ...

    def plan_hashes(self, slug: str) -> dict[int, str]: ...

    def add(
        self, published: Release, plans: Iterable[AftercarePlan], rules: CompiledRules
    ) -> None: ...

    def keep_source(self, version: str, files: Mapping[str, str]) -> None: ...

    def make_current(self, version: str) -> None: ...

    def overlay_base_mark(self) -> str | None: ...


def publish_catalog(uow: ContentUnitOfWork, command: PublishCatalog) -> PublishReply:
    """Publish the files of the command, or the shipped ones if it has none."""
    is_shipped = command.files is None
    return publish_files(
        shipped_files() if command.files is None else command.files,
        uow.releases,
        partial(reapply_overlays, uow),
        today=None if is_shipped else uow.releases.today(),
        only_new=command.only_new,
        instead_of=command.instead_of,
    )


def roll_back(uow: ContentUnitOfWork, command: RollBack) -> RollBackReply:
    """Make an earlier release current, as it was published.

    Patients keep the plans that they were enrolled in. The values that clinics use are applied to
    the release again.
    """
    uow.releases.begin_publishing()
    was = uow.releases.current_version()
    release = uow.releases.read(command.version)
    if release is None:
        return RollBackReply(info=None, was=was)
    uow.releases.make_current(command.version)
    return RollBackReply(info=release.info, was=was, conflicts=reapply_overlays(uow))


def publish_files(
    files: Mapping[str, str],
    releases: ReleaseStore,
    reapply: Callable[[], tuple[OverlayInfo, ...]],
    *,
    today: date | None = None,
    only_new: bool = False,
    instead_of: str | None = None,
) -> PublishReply:
    """Check the files and make them the current release, or say what is wrong with them.

    The same content is the same release, however often it is published. Without `today`, overdue
    reviews do not count, because a date must not keep a clinic from starting with what it had. With
    `only_new`, content that was published before is not made current again. With `instead_of`,
    nothing is published if another version is current by now, unless it has the same content.
    The values that clinics use are applied again if the release or its source has changed.
    """
    checked = check(files, today=today)
    if not isinstance(checked, Checked):
        return PublishReply(info=None, is_new=False, problems=checked)
    now, was = releases.begin_publishing(), releases.current()
    mark = releases.overlay_base_mark()
    if _is_overtaken(checked, was, instead_of):
        return PublishReply(info=None, is_new=False, was=was, overtaken_by=was)
    published = releases.with_content(checked.content_hash)
    if not published and (problems := tuple(_reused_versions(checked, releases))):
        return PublishReply(info=None, is_new=False, problems=problems, was=was)
    info = published or _add(checked, releases, now)
    releases.keep_source(info.version, files)
    if not (published and only_new):
        releases.make_current(info.version)
    conflicts = reapply() if releases.overlay_base_mark() != mark else ()
    return PublishReply(info=info, is_new=published is None, was=was, conflicts=conflicts)


def _add(checked: Checked, releases: ReleaseStore, now: datetime) -> ReleaseInfo:
    release = build_release(checked, now)
    releases.add(release, _plans(checked), checked.reading_rules)
    return release.info


def _is_overtaken(checked: Checked, was: ReleaseInfo | None, instead_of: str | None) -> bool:
    """Whether somebody else has published other content since."""
    if instead_of is None or (was.version if was else "") == instead_of:
        return False
    return was is None or was.content_hash != checked.content_hash


def _plans(checked: Checked) -> tuple[AftercarePlan, ...]:
    """Return each plan once: every locale has the same plans, under one hash."""
    return next(iter(checked.catalogs.values())).plans


def _reused_versions(checked: Checked, releases: ReleaseStore) -> Iterator[Problem]:
    """A published version of a plan may not change: patients are enrolled in it."""
    for plan in _plans(checked):
        hashes = releases.plan_hashes(plan.slug)
        is_published = hashes.get(plan.version) == plan.content_hash
        newest = max(hashes, default=0)
        if not is_published and plan.version <= newest:
            yield Problem(
                where=checked.plan_places[plan.slug],
                what=f"the plan has changed, and version {newest} of it is published already;"
                f" raise version to {newest + 1}",
            )
