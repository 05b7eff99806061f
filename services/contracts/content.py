"""The asks that the content service answers."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from services.contracts.ask import ContentAsk, ContentCommand
from services.contracts.catalog import AftercarePlan, Record, Release, ReleaseInfo
from services.contracts.errors import Refusal
from services.contracts.reading_rules import ReadingRules
from services.contracts.words import Mode

DEMO_ACTOR: Final = "demo"
"""The actor of sign-offs for the demo, which nobody has read. No credential has this name."""
OPERATOR: Final = "operator"
"""The actor of what a clinician has signed by the command line of the server."""


class GetRelease(ContentAsk[Release | None], frozen=True, kw_only=True):
    """Get the release of this version, or the current one if it is None.

    The answer is None if there is no such release.
    """

    timeout_seconds: ClassVar[float] = 5.0
    version: str | None = None


class Problem(Record, frozen=True, kw_only=True):
    """One fault in a source: where (file:line), what is wrong, and what to do."""

    where: str
    what: str


class PlanReview(Record, frozen=True, kw_only=True):
    """A clinician's sign-off of a plan as one clinic has it, for exactly this content hash."""

    reviewer: str
    registration: str | None = None
    reviewed_at: datetime
    content_hash: str


class ClinicPlan(Record, frozen=True, kw_only=True):
    """A plan of the current release as one clinic has it.

    `release` is the version of that release. `conflicts` say why the clinic's own values cannot be
    applied. The plan is then as the release has it and must not be used for the clinic's patients.
    `interval_days` is the shortest time from one visit to the next that the profiles of the plan's
    procedures give, or None if none gives one.
    """

    plan: AftercarePlan
    release: str
    interval_days: float | None = None
    review: PlanReview | None = None
    conflicts: tuple[Problem, ...] = msgspec.field(default=(), name="misfits")


class GetClinicPlan(ContentAsk[ClinicPlan | None], frozen=True, kw_only=True):
    """Get a plan in the locale, or in the base locale if it is not translated.

    With `clinic_id` None it is the plan as the release has it, which has no review. The answer is
    None if the current release has no such plan.
    """

    clinic_id: int | None
    slug: str
    locale: str


class PlanParts(Record, frozen=True, kw_only=True):
    """The segments of a plan's text messages: together and of the longest, for each name asked."""

    slug: str
    texts: int
    parts: tuple[int, ...]
    longest: tuple[int, ...]


class CountSmsParts(ContentAsk[tuple[PlanParts, ...]], frozen=True, kw_only=True):
    """Count the segments of a clinic's plans with each of some names.

    The plans are those that its clinicians have signed, or all of the release while there are none.
    Values other than the name are long ones.
    """

    clinic_id: int
    locale: str
    names: tuple[str, ...]


class FindReviews(ContentAsk[tuple[PlanReview | None, ...]], frozen=True, kw_only=True):
    """Find a clinic's reviews by content hash. The answer has None for a hash nobody signed."""

    clinic_id: int
    content_hashes: tuple[str, ...]


class SignOffReply(Record, frozen=True, kw_only=True):
    review: PlanReview | None = None
    refusal: Refusal | None = None


class SignOffPlan(ContentCommand[SignOffReply], frozen=True, kw_only=True):
    """Sign off a plan of the current release as the clinic has it.

    Refused as STALE if that has another version or hash by now. The first of two sign-offs stands.
    A sign-off counts for patients of every mode, because it is about the text. In production only
    a LIVE credential can sign.
    """

    clinic_id: int
    plan: str
    version: int
    content_hash: str
    reviewer: str
    registration: str | None = None
    mode: Mode
    actor: str  # the credential


class SignOffReadingRules(ContentCommand[SignOffReply], frozen=True, kw_only=True):
    """Sign off the rules for reading replies. Refused as STALE if they have another hash by now.

    The first of two sign-offs stands. In production only the mode LIVE counts.
    """

    clinic_id: int
    content_hash: str
    reviewer: str
    registration: str | None = None
    mode: Mode
    actor: str  # the credential, or OPERATOR


class DemoSignOffReply(Record, frozen=True, kw_only=True):
    """`signed` has the slugs of the plans and is empty if the command was refused."""

    signed: tuple[str, ...] = ()
    refusal: Refusal | None = None


class SignOffForDemo(ContentCommand[DemoSignOffReply], frozen=True, kw_only=True):
    """Sign off plans that nobody has read, to try the product. Refused in production.

    `plans` has slugs. None means every plan of the current release that has no conflicts.
    """

    clinic_id: int
    plans: tuple[str, ...] | None = None


class CurrentReadingRules(Record, frozen=True, kw_only=True):
    """`rules` is None if the one who asks has them already."""

    content_hash: str
    rules: ReadingRules | None = None


class GetReadingRules(ContentAsk[CurrentReadingRules], frozen=True, kw_only=True):
    """Get the rules by which replies are read: those of the current release.

    A release from before there were rules has the shipped ones. `known_hash` is the hash of the
    rules that the one who asks has.
    """

    timeout_seconds: ClassVar[float] = 5.0
    known_hash: str | None = None


class OverlayInfo(Record, frozen=True, kw_only=True):
    """A clinic's own values for a plan, in use. `version` counts up for each clinic and plan.

    `plan_version` is the version that they are applied to, or None if the current release has no
    such plan. `conflicts` say why they cannot be applied; nobody can be enrolled in the plan then.
    """

    clinic_id: int
    plan: str
    version: int
    plan_version: int | None = None
    content_hash: str | None = None  # of the plan with them, where they fit
    put_at: datetime
    conflicts: tuple[Problem, ...] = msgspec.field(default=(), name="misfits")


class PublishReply(Record, frozen=True, kw_only=True):
    """`info` is None if there are problems: a source with a fault is never published.

    It is also None if somebody else published first; `overtaken_by` is then their release. `was` is
    the release that was current before. `conflicts` lists clinics' own values that conflict with
    the current release.
    """

    info: ReleaseInfo | None
    is_new: bool
    problems: tuple[Problem, ...] = ()
    was: ReleaseInfo | None = None
    overtaken_by: ReleaseInfo | None = None
    conflicts: tuple[OverlayInfo, ...] = msgspec.field(default=(), name="misfits")


class PublishCatalog(ContentCommand[PublishReply], frozen=True, kw_only=True):
    """Check and publish the files, given by path, or the shipped ones if they are None.

    With `only_new`, content that was published before is not made current again, because somebody
    may have rolled it back. With `instead_of`, nothing is published unless this version is current,
    so that another publisher's release is not lost. An empty `instead_of` means that nothing may be
    current; None means that it does not matter.
    """

    timeout_seconds: ClassVar[float] = 300.0
    files: dict[str, str] | None = None
    only_new: bool = False
    instead_of: str | None = None


class GetReleaseInfo(ContentAsk[ReleaseInfo | None], frozen=True, kw_only=True):
    """Get the version and time of the current release, or None if there is none."""

    timeout_seconds: ClassVar[float] = 5.0


class ListReleases(ContentAsk[tuple[ReleaseInfo, ...]], frozen=True, kw_only=True):
    """List releases, newest first."""

    timeout_seconds: ClassVar[float] = 5.0
    limit: int = 20


class Change(Record, frozen=True, kw_only=True):
    """One difference. `was` is None for something new, `becomes` for something removed.

    `path` leads to it within the entry, with the names of list items in brackets. `slug` is empty
    for shared files such as the glossary, and `locale` for what is the same in every locale. `page`
    is the title of the entry and `part` that of the step, for people to read. What is new or gone
    is one change, named by its title.
    """

    locale: str
    kind: str
    slug: str
    path: str
    page: str = ""
    part: str = ""
    was: str | None = None
    becomes: str | None = None


class DiffReply(Record, frozen=True, kw_only=True):
    """`unknown_version` was never published; if it is set, nothing was compared."""

    changes: tuple[Change, ...] = ()
    unknown_version: str | None = None


class DiffReleases(ContentAsk[DiffReply], frozen=True, kw_only=True):
    """Compare a release with another, or with the current one if `after` is None."""

    timeout_seconds: ClassVar[float] = 300.0
    before: str
    after: str | None = None


class RollBackReply(Record, frozen=True, kw_only=True):
    """`info` is None if there is no such release. `was` is the version that was current before.

    `conflicts` lists clinics' own values that conflict with the current release.
    """

    info: ReleaseInfo | None
    was: str | None
    conflicts: tuple[OverlayInfo, ...] = msgspec.field(default=(), name="misfits")


class RollBack(ContentCommand[RollBackReply], frozen=True, kw_only=True):
    """Make an earlier release current again."""

    timeout_seconds: ClassVar[float] = 300.0
    version: str


class PutOverlayReply(Record, frozen=True, kw_only=True):
    """`info` is None if there are problems, or if it was a dry run.

    `changes` are the differences that patients see from the plan as the release has it.
    `read_again` lists texts of the catalog that may mention the time a step was moved from.
    """

    info: OverlayInfo | None
    is_new: bool = False
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    read_again: tuple[Problem, ...] = ()


class PutOverlay(ContentCommand[PutOverlayReply], frozen=True, kw_only=True):
    """Check a clinic's own values for a plan, given as a YAML file, and use them from now on.

    The same values twice are one version. A `dry_run` only checks them and says what they change.
    """

    timeout_seconds: ClassVar[float] = 300.0  # it waits while a large catalog is published
    clinic_id: int
    name: str
    text: str
    dry_run: bool = False


class ListOverlays(ContentAsk[tuple[OverlayInfo, ...]], frozen=True, kw_only=True):
    """List the values in use, of one clinic or of all."""

    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int | None = None


class GetOverlay(ContentAsk[str | None], frozen=True, kw_only=True):
    """Get the text of the values in use, or None if the clinic has none."""

    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int
    plan: str


class RemoveOverlay(ContentCommand[bool], frozen=True, kw_only=True):
    """Use the plan as the release has it. The answer is False if the clinic had no own values."""

    clinic_id: int
    plan: str
