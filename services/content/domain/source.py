"""The types of the catalog's YAML, as authors write it.

Readers see a field of type `Text`, so a translation must replace it. Sources, codes and slugs are
keys; compiling replaces them with what they name.
"""

from datetime import date

import msgspec

from services.content.domain.written import (
    CheckInSource,
    CheckInTexts,
    Email,
    Markdown,
    Phrases,
    SourceKeys,
    Text,
    Words,
    Written,
)
from services.contracts.catalog import (
    ACUTE_FOR,
    READ_WITHIN,
    EvidenceLevel,
    LatePolicy,
    ProcedureFamily,
    Purpose,
    Rarity,
    Severity,
    SkinType,
    Standing,
    StepKind,
)


# ---------------------------------------------------------------- shared files
class SourceEntry(Written, frozen=True, kw_only=True):
    """`grade`: A regulator, paper or society; B the same, mirrored; C one clinic; D vendor."""

    title: str
    publisher: str | None = None
    url: str | None = None
    grade: str


class RedFlagEntry(Written, frozen=True, kw_only=True):
    """Messages use `short` word for word, so it must be discreet enough for any screen.

    `signs` are what patients with the red flag write.
    """

    label: Text
    action: Text
    short: Text
    severity: Severity
    is_emergency: bool
    signs: Phrases = {}  # noqa: RUF012 - msgspec copies it
    sources: SourceKeys


class ConditionEntry(Written, frozen=True, kw_only=True):
    """A condition that may rule a procedure out. `question` asks a patient about it.

    With `needs_decision` a clinician decides on it beforehand. With `asked_again` patients are
    asked about it shortly before, because it may be new.
    """

    label: Text
    question: Text
    needs_decision: bool = False
    asked_again: bool = False


class VerdictEntry(Written, frozen=True, kw_only=True):
    procedures: tuple[str, ...]
    text: Text
    sources: SourceKeys


class ComparisonFile(Written, frozen=True, kw_only=True):
    guidance: Text
    verdicts: tuple[VerdictEntry, ...]


class TermEntry(Written, frozen=True, kw_only=True):
    term: Text
    definition: Text


class Wording(Written, frozen=True, kw_only=True):
    """Words of one language that the checker looks for in messages.

    A discreet message must have no `revealing` word, and a care message no `promotional` one. A
    sentence must not have both `medicines` and `stop_or_start`, unless a `negation` is before the
    verb. `without` must not be right before a medicine. No message may mention `numbing` products,
    because people have harmed themselves with them.
    """

    revealing: Words
    promotional: Words
    medicines: Words
    stop_or_start: Words
    negation: Words
    without: Words
    numbing: Words


# ---------------------------------------------------------------- text
class ChecklistSource(Written, frozen=True, kw_only=True):
    checklist: Text | None = None  # its title
    items: Words


class NoticeSource(Written, frozen=True, kw_only=True):
    notice: Severity
    text: Markdown


Block = Markdown | ChecklistSource | NoticeSource
Body = tuple[Block, ...]


class SourcedBody(Written, frozen=True, kw_only=True):
    body: Body
    sources: SourceKeys


# ---------------------------------------------------------------- procedures and concerns
class Page(Written, frozen=True, kw_only=True):
    """The keys of every page. After `review_by` it must be checked against its sources again."""

    title: Text
    summary: Text
    reviewed_at: date
    review_by: date


class DeviceSource(Written, frozen=True, kw_only=True):
    slug: str
    name: Text
    description: Text
    min_depth_millimeters: float | None = None
    max_depth_millimeters: float | None = None
    adjustable_depth: bool
    sources: SourceKeys


class StepSource(Written, frozen=True, kw_only=True):
    title: Text
    body: Body
    sources: SourceKeys


class BenefitSource(Written, frozen=True, kw_only=True):
    name: Text
    description: Text
    evidence: EvidenceLevel
    sources: SourceKeys


class IndicationSource(Written, frozen=True, kw_only=True):
    concern: str
    evidence: EvidenceLevel
    note: Text | None = None
    sources: SourceKeys


class DurationSource(Written, frozen=True, kw_only=True):
    """A range, such as days. None means unknown, never zero."""

    min: float | None = None
    typical: float | None = None
    max: float | None = None


class Figures(DurationSource, frozen=True, kw_only=True):
    sources: SourceKeys


class Counts(Written, frozen=True, kw_only=True):
    min: int | None = None
    typical: int | None = None
    max: int | None = None
    sources: SourceKeys


class SideEffectSource(Written, frozen=True, kw_only=True):
    name: Text
    description: Text | None = None
    rarity: Rarity
    duration_days: DurationSource | None = None
    sources: SourceKeys


class ContraindicationSource(Written, frozen=True, kw_only=True):
    code: str
    standing: Standing
    sources: SourceKeys


class SuitabilitySource(Written, frozen=True, kw_only=True):
    skin_types: tuple[SkinType, ...]
    standing: Standing
    note: Text | None = None
    sources: SourceKeys


class Invasiveness(Written, frozen=True, kw_only=True):
    """From 1 (least) to 10 (most): our own scale, by the depth that the sources give."""

    value: int
    sources: SourceKeys


class Statement(Written, frozen=True, kw_only=True):
    text: Text
    sources: SourceKeys


class CostSource(Written, frozen=True, kw_only=True):
    """Whole units of the currency."""

    min: int
    max: int
    currency: str
    year: int | None = None
    per_session: bool
    region: str | None = None
    sources: SourceKeys


class ProfileSource(Written, frozen=True, kw_only=True):
    invasiveness: Invasiveness
    discomfort: Figures | None = None
    downtime: Figures
    redness: Figures | None = None
    session_minutes: Counts | None = None
    sessions: Counts | None = None
    interval_days: Figures | None = None
    results_after: Figures | None = None
    results_last: Figures | None = None
    anesthesia: Statement | None = None
    performed_by: Statement
    cost: tuple[CostSource, ...] = ()


class CombinationSource(Written, frozen=True, kw_only=True):
    partner: Text
    description: Text
    evidence: EvidenceLevel
    cautions: Words
    sources: SourceKeys


class QuestionSource(Written, frozen=True, kw_only=True):
    question: Text
    answer: Body
    sources: SourceKeys


class ProcedureSource(Page, frozen=True, kw_only=True):
    family: ProcedureFamily
    parent: str | None = None
    aliases: Words = ()
    misspellings: Words = ()
    mechanism: SourcedBody
    devices: tuple[DeviceSource, ...] = ()
    steps: tuple[StepSource, ...] = ()
    benefits: tuple[BenefitSource, ...] = ()
    treats: tuple[IndicationSource, ...] = ()
    side_effects: tuple[SideEffectSource, ...] = ()
    contraindications: tuple[ContraindicationSource, ...] = ()
    red_flags: tuple[str, ...]
    suitability: tuple[SuitabilitySource, ...] = ()
    profile: ProfileSource
    combinations: tuple[CombinationSource, ...] = ()
    faq: tuple[QuestionSource, ...] = ()


class ConcernSource(Page, frozen=True, kw_only=True):
    aliases: Words = ()


# ---------------------------------------------------------------- plans
class SmsMessages(Written, frozen=True, kw_only=True):
    """Each has at most `max_segments` segments, as a provider bills it."""

    max_segments: int = 2
    discreet: Text
    detailed: Text


class EmailMessages(Written, frozen=True, kw_only=True):
    discreet: Email
    detailed: Email


class Messages(Written, frozen=True, kw_only=True):
    sms: SmsMessages | None = None
    email: EmailMessages | None = None


class ClinicsMay(Written, frozen=True, kw_only=True):
    """How far a clinic may move a step, where sources differ. Never published.

    `earliest` and `latest` are durations, for a step with `after`; the days are for one with
    `day`. A missing limit is the step's own time. With `leave_out` a clinic may leave it out.
    """

    earliest: str | None = None
    latest: str | None = None
    earliest_day: int | None = None
    latest_day: int | None = None
    leave_out: bool = False


class PlanStepSource(Written, frozen=True, kw_only=True):
    key: str
    kind: StepKind
    purpose: Purpose = Purpose.CARE
    title: Text
    body: Body
    after: str | None = None
    day: int | None = None
    at: str | None = None
    useful_for: str
    late: LatePolicy = LatePolicy.SKIP
    urgent: bool = False
    messages: Messages | None = None
    check_in: CheckInSource | None = None
    seek_help_if: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()  # contraindications that a task is about
    asks: tuple[str, ...] = ()  # contraindications that a message asks about
    spread: Text | None = None
    sources: SourceKeys
    clinics_may: ClinicsMay | None = None


class PlanSource(Page, frozen=True, kw_only=True):
    """Authors raise `version` with every change of what patients are told, or when.

    For `acute_for` after the procedure, a text that no rule understands is read within
    `read_within`, counted in opening hours, or staff are alerted.
    """

    version: int
    procedures: tuple[str, ...]
    read_within: str = READ_WITHIN
    acute_for: str = ACUTE_FOR
    check_in_texts: CheckInTexts | None = None
    steps: tuple[PlanStepSource, ...]


class SourceCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """The source of one locale. `translated` has the files that are translated.

    `unread` has the shared files that could not be parsed.
    """

    locale: str
    translated: frozenset[str]
    unread: frozenset[str] = frozenset()
    sources: dict[str, SourceEntry]
    red_flags: dict[str, RedFlagEntry]
    contraindications: dict[str, ConditionEntry]
    comparison: ComparisonFile
    glossary: tuple[TermEntry, ...]
    wording: Wording
    procedures: dict[str, ProcedureSource]
    concerns: dict[str, ConcernSource]
    plans: dict[str, PlanSource]

    def procedures_of(self, plan: PlanSource) -> list[ProcedureSource]:
        return [self.procedures[slug] for slug in plan.procedures if slug in self.procedures]
