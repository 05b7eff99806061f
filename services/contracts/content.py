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
    """Check and publish the source: the files sent, by path, or the shipped ones when None."""

    files: dict[str, str] | None = None


class ListReleases(Ask[tuple[ReleaseInfo, ...]], frozen=True, kw_only=True):
    """Newest first."""

    limit: int = 20
