"""What may be asked of the content service."""

from services.contracts.ask import Ask, Command
from services.contracts.catalog import AftercarePlan, Record, Release, ReleaseInfo

STREAM = "content"
"""Name of the service's ask stream."""


class GetRelease(Ask[Release | None], frozen=True, kw_only=True):
    """The release of this version, the current one when None; None if there is none."""

    version: str | None = None


class GetPlan(Ask[AftercarePlan | None], frozen=True, kw_only=True):
    """A plan as the current release has it, in the locale, else in the base locale."""

    slug: str
    locale: str


class Problem(Record, frozen=True, kw_only=True):
    """One fault in the source: where (file:line), what, and what to do."""

    where: str
    what: str


class PublishReply(Record, frozen=True, kw_only=True):
    """`info` is None when there are problems: nothing half-checked is ever published."""

    info: ReleaseInfo | None
    is_new: bool
    problems: tuple[Problem, ...] = ()


class PublishCatalog(Command[PublishReply], frozen=True, kw_only=True):
    """Check and publish the source: the files sent, by path, or the shipped ones when None.

    `only_new`: content that was published before is not made current again, for somebody may have
    gone back from it.
    """

    files: dict[str, str] | None = None
    only_new: bool = False


class ListReleases(Ask[tuple[ReleaseInfo, ...]], frozen=True, kw_only=True):
    """Newest first."""

    limit: int = 20


class Change(Record, frozen=True, kw_only=True):
    """One thing that differs. `was` None: it is new; `becomes` None: it is gone.

    `path` leads to it within the entry, with the names of list items in brackets. `slug` is empty
    for what is no entry, such as the glossary.
    """

    locale: str
    kind: str
    slug: str
    path: str
    was: str | None = None
    becomes: str | None = None


class DiffReply(Record, frozen=True, kw_only=True):
    """`unknown_version`: the one that was never published, in which case nothing was compared."""

    changes: tuple[Change, ...] = ()
    unknown_version: str | None = None


class DiffReleases(Ask[DiffReply], frozen=True, kw_only=True):
    """What changes from one release to another; to the current one when `after` is None."""

    before: str
    after: str | None = None


class RollBackReply(Record, frozen=True, kw_only=True):
    """`info` is None when there is no such release; `was`: what was current before."""

    info: ReleaseInfo | None
    was: str | None


class RollBack(Command[RollBackReply], frozen=True, kw_only=True):
    """Make a release that was published before the current one again."""

    version: str
