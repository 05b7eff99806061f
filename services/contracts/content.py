"""What may be asked of the content service."""

from datetime import datetime
from typing import ClassVar, Final

from services.contracts.ask import ContentAsk, ContentCommand
from services.contracts.catalog import AftercarePlan, Record, Release, ReleaseInfo
from services.contracts.errors import Refusal
from services.contracts.words import Mode

DEMO_ACTOR: Final = "demo"
"""Who signs where nobody has read: no credential is called so."""


class GetRelease(ContentAsk[Release | None], frozen=True, kw_only=True):
    """The release of this version, the current one when None; None if there is none."""

    timeout_seconds: ClassVar[float] = 5.0
    version: str | None = None


class Problem(Record, frozen=True, kw_only=True):
    """One fault in the source: where (file:line), what, and what to do."""

    where: str
    what: str


class PlanReview(Record, frozen=True, kw_only=True):
    """A clinician's word for a plan as a clinic has it: for what has this hash, nothing else."""

    reviewer: str
    registration: str | None = None
    reviewed_at: datetime
    content_hash: str


class ClinicPlan(Record, frozen=True, kw_only=True):
    """A plan of the current release as one clinic has it. `release`: that one's version.

    `misfits`: why the clinic's own values cannot be laid on this version of the plan, which then is
    as the release has it, and must not be used for the clinic's patients.
    """

    plan: AftercarePlan
    release: str
    review: PlanReview | None = None
    misfits: tuple[Problem, ...] = ()


class GetClinicPlan(ContentAsk[ClinicPlan | None], frozen=True, kw_only=True):
    """In the locale, else in the base locale; None: the current release has no such plan.

    `clinic_id` None: the plan as the release has it, which nobody of a clinic has reviewed.
    """

    clinic_id: int | None
    slug: str
    locale: str


class FindReviews(ContentAsk[tuple[PlanReview | None, ...]], frozen=True, kw_only=True):
    """A clinic's reviews of what has these hashes, in their order; None: nobody signed that."""

    clinic_id: int
    content_hashes: tuple[str, ...]


class SignOffReply(Record, frozen=True, kw_only=True):
    review: PlanReview | None = None
    refusal: Refusal | None = None


class SignOffPlan(ContentCommand[SignOffReply], frozen=True, kw_only=True):
    """Sign off a plan of the current release as the clinic has it.

    Refused as STALE when that has another version or hash by now. Signing twice keeps the first.
    What is signed is the text, so it counts for patients of every mode; in production only a LIVE
    credential signs.
    """

    clinic_id: int
    plan: str
    version: int
    content_hash: str
    reviewer: str
    registration: str | None = None
    mode: Mode
    actor: str  # the credential


class DemoSignOffReply(Record, frozen=True, kw_only=True):
    """`signed`: slugs of the plans; empty when refused."""

    signed: tuple[str, ...] = ()
    refusal: Refusal | None = None


class SignOffForDemo(ContentCommand[DemoSignOffReply], frozen=True, kw_only=True):
    """Sign off plans that nobody has read, so that a clinic can be tried: development only.

    `plans`: slugs; None: every plan of the current release that the clinic's own values fit.
    """

    clinic_id: int
    plans: tuple[str, ...] | None = None


class OverlayInfo(Record, frozen=True, kw_only=True):
    """A clinic's own values for a plan, in use. `version` counts up for each clinic and plan.

    `plan_version`: that they are laid on; None: the current release has no such plan. `misfits`:
    why they cannot be laid on the plan as the current release has it; nobody is enrolled in it.
    """

    clinic_id: int
    plan: str
    version: int
    plan_version: int | None = None
    content_hash: str | None = None  # of the plan with them, where they fit
    put_at: datetime
    misfits: tuple[Problem, ...] = ()


class PublishReply(Record, frozen=True, kw_only=True):
    """`info` is None when there are problems: nothing half-checked is ever published.

    It is None as well when somebody else was first: `overtaken_by` is then what they published.
    `was`: what was current before.
    `misfits`: clinics' own values that do not fit a plan of what is current now.
    """

    info: ReleaseInfo | None
    is_new: bool
    problems: tuple[Problem, ...] = ()
    was: ReleaseInfo | None = None
    overtaken_by: ReleaseInfo | None = None
    misfits: tuple[OverlayInfo, ...] = ()


class PublishCatalog(ContentCommand[PublishReply], frozen=True, kw_only=True):
    """Check and publish the source: the files sent, by path, or the shipped ones when None.

    `only_new`: content that was published before is not made current again, for somebody may have
    gone back from it. `instead_of`: publish only while this version is current, for what another
    published meanwhile would be lost; empty means that there is none, None that it does not matter.
    """

    timeout_seconds: ClassVar[float] = 300.0
    files: dict[str, str] | None = None
    only_new: bool = False
    instead_of: str | None = None


class GetReleaseInfo(ContentAsk[ReleaseInfo | None], frozen=True, kw_only=True):
    """Which release is current, without what is in it; None if there is none."""

    timeout_seconds: ClassVar[float] = 5.0


class ListReleases(ContentAsk[tuple[ReleaseInfo, ...]], frozen=True, kw_only=True):
    """Newest first."""

    timeout_seconds: ClassVar[float] = 5.0
    limit: int = 20


class Change(Record, frozen=True, kw_only=True):
    """One thing that differs. `was` None: it is new; `becomes` None: it is gone.

    `path` leads to it within the entry, with the names of list items in brackets. `slug` is empty
    for what is no entry, such as the glossary. `page` is the entry's title and `part` that of the
    step it is in, for people to read. What is new or gone whole is one change, told by its title.
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
    """`unknown_version`: the one that was never published, in which case nothing was compared."""

    changes: tuple[Change, ...] = ()
    unknown_version: str | None = None


class DiffReleases(ContentAsk[DiffReply], frozen=True, kw_only=True):
    """What changes from one release to another; to the current one when `after` is None."""

    timeout_seconds: ClassVar[float] = 300.0
    before: str
    after: str | None = None


class RollBackReply(Record, frozen=True, kw_only=True):
    """`info` is None when there is no such release; `was`: what was current before.

    `misfits`: clinics' own values that do not fit a plan of what is current now.
    """

    info: ReleaseInfo | None
    was: str | None
    misfits: tuple[OverlayInfo, ...] = ()


class RollBack(ContentCommand[RollBackReply], frozen=True, kw_only=True):
    """Make a release that was published before the current one again."""

    timeout_seconds: ClassVar[float] = 300.0
    version: str


class PutOverlayReply(Record, frozen=True, kw_only=True):
    """`info` is None when there are problems, or nothing was to be kept.

    `changes`: what differs for patients from the plan as the release has it. `read_again`: texts
    still in the catalog's words, which may speak of the time from which a step was moved.
    """

    info: OverlayInfo | None
    is_new: bool = False
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    read_again: tuple[Problem, ...] = ()


class PutOverlay(ContentCommand[PutOverlayReply], frozen=True, kw_only=True):
    """Check a clinic's own values for a plan (a YAML file's name and text) and use them from now.

    The same values twice are one version. `dry_run`: only check them, and say what they change.
    """

    timeout_seconds: ClassVar[float] = 300.0  # it waits while a large catalog is published
    clinic_id: int
    name: str
    text: str
    dry_run: bool = False


class ListOverlays(ContentAsk[tuple[OverlayInfo, ...]], frozen=True, kw_only=True):
    """Those in use, of one clinic or of all."""

    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int | None = None


class GetOverlay(ContentAsk[str | None], frozen=True, kw_only=True):
    """The text that was put; None when the clinic uses the plan as the release has it."""

    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int
    plan: str


class RemoveOverlay(ContentCommand[bool], frozen=True, kw_only=True):
    """Use the plan as the release has it from now; False when the clinic did so already."""

    clinic_id: int
    plan: str
