"""Publishing: a checked source becomes the current release."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from services.content.usecases.build_release import build_release
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import AftercarePlan, Release, ReleaseInfo
from services.contracts.content import OverlayInfo, Problem, PublishReply


class Shelf(Protocol):
    """Where releases are kept; the methods of one publishing share a transaction."""

    def begin_publishing(self) -> datetime: ...

    def current(self) -> ReleaseInfo | None: ...

    def with_content(self, content_hash: str) -> ReleaseInfo | None: ...

    def plan_hashes(self, slug: str) -> dict[int, str]: ...

    def add(self, published: Release, plans: Iterable[AftercarePlan]) -> None: ...

    def keep_source(self, version: str, files: Mapping[str, str]) -> None: ...

    def make_current(self, version: str) -> None: ...

    def ground(self) -> str | None:
        """A mark of what clinics' own values are laid on: the current release and its source."""
        ...


def publish_catalog(
    files: Mapping[str, str],
    shelf: Shelf,
    lay_again: Callable[[], tuple[OverlayInfo, ...]],
    *,
    today: date | None = None,
    only_new: bool = False,
    instead_of: str | None = None,
) -> PublishReply:
    """Check the files and make them the current release, or answer with what is wrong.

    The same content is the same release, however often it is published. Without `today`, overdue
    reviews do not count: a calendar must not keep a clinic from starting with what it had. With
    `only_new`, what was published before is not made current again. With `instead_of`, nothing is
    published when another version than that is current by now, unless it is of this very content.
    What clinics use is laid again on what has become current.
    """
    checked = check(files, today=today)
    if not isinstance(checked, Checked):
        return PublishReply(info=None, is_new=False, problems=checked)
    now, was, stood_on = shelf.begin_publishing(), shelf.current(), shelf.ground()
    if _is_overtaken(checked, was, instead_of):
        return PublishReply(info=None, is_new=False, was=was, overtaken_by=was)
    known = shelf.with_content(checked.content_hash)
    if not known and (problems := tuple(_reused_versions(checked, shelf))):
        return PublishReply(info=None, is_new=False, problems=problems, was=was)
    info = known or _added(checked, shelf, now)
    shelf.keep_source(info.version, files)
    if not (known and only_new):
        shelf.make_current(info.version)
    misfits = lay_again() if shelf.ground() != stood_on else ()
    return PublishReply(info=info, is_new=known is None, was=was, misfits=misfits)


def _added(checked: Checked, shelf: Shelf, now: datetime) -> ReleaseInfo:
    release = build_release(checked, now)
    shelf.add(release, _plans(checked))
    return release.info


def _is_overtaken(checked: Checked, was: ReleaseInfo | None, instead_of: str | None) -> bool:
    """Whether somebody else has published since, and something else."""
    if instead_of is None or (was.version if was else "") == instead_of:
        return False
    return was is None or was.content_hash != checked.content_hash


def _plans(checked: Checked) -> tuple[AftercarePlan, ...]:
    """Each plan once; every locale has the same ones, under one hash."""
    return next(iter(checked.catalogs.values())).plans


def _reused_versions(checked: Checked, shelf: Shelf) -> Iterator[Problem]:
    """Patients are enrolled in a plan's version: what it says may not change under them."""
    for plan in _plans(checked):
        known = shelf.plan_hashes(plan.slug)
        is_published = known.get(plan.version) == plan.content_hash
        newest = max(known, default=0)
        if not is_published and plan.version <= newest:
            what = f"the plan has changed, and version {newest} of it is published already"
            yield Problem(
                where=checked.plan_places[plan.slug], what=f"{what}; raise version to {newest + 1}"
            )
