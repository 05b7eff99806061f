"""The contents of a catalog release. A release never changes; a new one replaces it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.check_in_questions import CheckInQuestion

READ_WITHIN: Final = "PT2H"
ACUTE_FOR: Final = "P7D"


class ProcedureFamily(StrEnum):
    MICRONEEDLING = "MICRONEEDLING"
    CHEMICAL_PEEL = "CHEMICAL_PEEL"
    LASER = "LASER"
    LIGHT = "LIGHT"
    DERMABRASION = "DERMABRASION"
    MICRODERMABRASION = "MICRODERMABRASION"


class EvidenceLevel(StrEnum):
    STRONG = "STRONG"
    MODERATE = "MODERATE"
    LIMITED = "LIMITED"
    VERY_LIMITED = "VERY_LIMITED"
    NOT_ADVISED = "NOT_ADVISED"


class Standing(StrEnum):
    YES = "YES"
    WITH_CARE = "WITH_CARE"
    ASK_CLINICIAN = "ASK_CLINICIAN"
    NO = "NO"


class Severity(StrEnum):
    INFO = "INFO"
    CAUTION = "CAUTION"
    URGENT = "URGENT"


class SkinType(StrEnum):
    I = "I"  # noqa: E741 - Fitzpatrick's own names
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"


class Rarity(StrEnum):
    EXPECTED = "EXPECTED"
    LESS_COMMON = "LESS_COMMON"
    RARE_SERIOUS = "RARE_SERIOUS"


class StepKind(StrEnum):
    PREPARE = "PREPARE"
    CARE = "CARE"
    CHECK_IN = "CHECK_IN"
    FOLLOW_UP = "FOLLOW_UP"
    REBOOK = "REBOOK"
    CLINICIAN_TASK = "CLINICIAN_TASK"


class Purpose(StrEnum):
    CARE = "CARE"
    MARKETING = "MARKETING"


class Channel(StrEnum):
    SMS = "SMS"
    EMAIL = "EMAIL"
    OTHER = "OTHER"


class LatePolicy(StrEnum):
    """What happens to a step whose time has passed when the patient is enrolled."""

    SKIP = "SKIP"
    SEND_NOW = "SEND_NOW"  # while still useful
    CATCH_UP = "CATCH_UP"  # while still useful, all such steps in one message that is not urgent


class Record(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A published value. It never refers to itself, so it needs no garbage collection."""


class DayRange(Record, frozen=True, kw_only=True):
    """Days, inclusive. `typical` is what most people have. None means unknown, never zero."""

    min: float | None = None
    typical: float | None = None
    max: float | None = None


class CountRange(Record, frozen=True, kw_only=True):
    min: int | None = None
    typical: int | None = None
    max: int | None = None


class DecimalRange(Record, frozen=True, kw_only=True):
    min: float | None = None
    max: float | None = None


class MoneyRange(Record, frozen=True, kw_only=True):
    """Whole units of the currency."""

    min: int
    max: int
    currency: str
    year: int | None = None
    per_session: bool
    region: str | None = None


class Paragraph(Record, frozen=True, kw_only=True, tag="Paragraph"):
    text: str
    markdown: str


class Checklist(Record, frozen=True, kw_only=True, tag="Checklist"):
    text: str
    title: str | None = None
    items: tuple[str, ...]


class Notice(Record, frozen=True, kw_only=True, tag="Notice"):
    text: str
    severity: Severity
    markdown: str


ContentBlock = Paragraph | Checklist | Notice


class Source(Record, frozen=True, kw_only=True):
    """`grade`.

    A regulator, paper or society; B the same through a mirror; C one clinic; D vendor; K unchecked.
    """

    key: str
    title: str
    publisher: str | None = None
    url: str | None = None
    grade: str


class Device(Record, frozen=True, kw_only=True):
    slug: str
    name: str
    description: str
    depth_millimeters: DecimalRange | None = None
    adjustable_depth: bool
    sources: tuple[Source, ...]


class ProcedureStep(Record, frozen=True, kw_only=True):
    order: int
    title: str
    body: tuple[ContentBlock, ...]


class Benefit(Record, frozen=True, kw_only=True):
    name: str
    description: str
    evidence: EvidenceLevel
    sources: tuple[Source, ...]


class Indication(Record, frozen=True, kw_only=True):
    concern: str  # slug
    evidence: EvidenceLevel
    note: str | None = None
    sources: tuple[Source, ...]


class SideEffect(Record, frozen=True, kw_only=True):
    name: str
    description: str | None = None
    rarity: Rarity
    duration: DayRange | None = None
    sources: tuple[Source, ...]


class Contraindication(Record, frozen=True, kw_only=True):
    code: str
    label: str
    standing: Standing
    sources: tuple[Source, ...]


class RedFlag(Record, frozen=True, kw_only=True):
    code: str
    label: str
    action: str
    severity: Severity
    is_emergency: bool


class SkinTypeSuitability(Record, frozen=True, kw_only=True):
    skin_type: SkinType
    standing: Standing
    note: str | None = None


class ProcedureProfile(Record, frozen=True, kw_only=True):
    """`invasiveness` is 1 (least) to 10 (most), `discomfort` 0 to 10 with the usual anesthesia.

    `sources` has the sources of each known field, by its name.
    """

    invasiveness: int
    discomfort: DecimalRange | None = None
    downtime: DayRange
    redness: DayRange | None = None
    session_minutes: CountRange | None = None
    sessions: CountRange | None = None
    interval_days: DayRange | None = None
    results_after: DayRange | None = None
    results_last: DayRange | None = None
    anesthesia: str | None = None
    performed_by: str
    cost: tuple[MoneyRange, ...] = ()
    sources: dict[str, tuple[Source, ...]] = {}


class Combination(Record, frozen=True, kw_only=True):
    partner: str
    description: str
    evidence: EvidenceLevel
    cautions: tuple[str, ...]
    sources: tuple[Source, ...]


class Question(Record, frozen=True, kw_only=True):
    question: str
    answer: tuple[ContentBlock, ...]


class Entry(Record, frozen=True, kw_only=True):
    """The fields of every page. If a translation is missing, `served_locale` is another locale."""

    slug: str
    title: str
    summary: str
    served_locale: str
    reviewed_at: date


class Procedure(Entry, frozen=True, kw_only=True):
    family: ProcedureFamily
    parent: str | None = None  # slug
    aliases: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    mechanism: tuple[ContentBlock, ...] = ()
    devices: tuple[Device, ...] = ()
    steps: tuple[ProcedureStep, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    treats: tuple[Indication, ...] = ()
    side_effects: tuple[SideEffect, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    suitability: tuple[SkinTypeSuitability, ...] = ()
    profile: ProcedureProfile
    combinations: tuple[Combination, ...] = ()
    faq: tuple[Question, ...] = ()
    sources: tuple[Source, ...] = ()


class Concern(Entry, frozen=True, kw_only=True):
    aliases: tuple[str, ...] = ()


class MessageBody(Record, frozen=True, kw_only=True):
    """Jinja templates of one message, in plain text; `subject` is for email only.

    They may use clinic_name, clinic_phone, emergency_number, patient_name (may be empty),
    procedure_date and end_of("PT24H"): the local time that long after the procedure's end. Those
    of a CHECK_IN also check_in_options ("1 better, 2 worse") and check_in_url (where to answer).
    """

    text: str
    subject: str | None = None


class StepMessages(Record, frozen=True, kw_only=True):
    discreet: MessageBody
    detailed: MessageBody


class AftercareStep(Record, frozen=True, kw_only=True):
    """Something to tell the patient or, for CLINICIAN_TASK, a task for staff.

    The time is elapsed (`after`, ISO 8601: from the end of the procedure, or before its start if
    negative) or a calendar day (`day` relative to the procedure, `at` HH:MM in the patient's time).
    """

    key: str
    kind: StepKind
    purpose: Purpose
    title: str
    body: tuple[ContentBlock, ...]
    after: str | None = None
    day: int | None = None
    at: str | None = None
    useful_for: str
    late: LatePolicy = LatePolicy.SKIP
    urgent: bool = False
    channels: tuple[Channel, ...]
    messages: dict[Channel, StepMessages] = {}
    seek_help_if: tuple[RedFlag, ...] = ()
    sources: tuple[Source, ...] = ()
    spread: str | None = None
    check_in: CheckInQuestion | None = None  # of a CHECK_IN


class Voice(Record, frozen=True, kw_only=True):
    """What a plan's messages say about a clinic instead of the clinic's own record.

    `hours` say when the phone is answered, in the language of the plan.
    """

    sender_name: str | None = None
    phone: str | None = None  # E.164
    hours: str | None = None


class AftercarePlan(Entry, frozen=True, kw_only=True):
    """`overlay_version` is that of a clinic's own values, or 0 without any.

    `content_hash` covers the plan in every locale, together with a clinic's own values. For
    `acute_for` after the procedure, a text that no rule understands is read within `read_within`,
    counted in opening hours, or staff are alerted (durations of ISO 8601).
    """

    version: int
    overlay_version: int = 0
    content_hash: str
    procedures: tuple[str, ...]  # slugs
    steps: tuple[AftercareStep, ...]
    voice: Voice | None = None
    read_within: str = READ_WITHIN
    acute_for: str = ACUTE_FOR


class Verdict(Record, frozen=True, kw_only=True):
    """A curated sentence about how two or more procedures compare."""

    procedures: tuple[str, ...]
    text: str
    sources: tuple[Source, ...]


class ContraindicationTerm(Record, frozen=True, kw_only=True):
    """A condition that may rule a procedure out, and how to ask a patient about it."""

    code: str
    label: str
    question: str


class Term(Record, frozen=True, kw_only=True):
    term: str
    definition: str


class LocalizedCatalog(Record, frozen=True, kw_only=True):
    """All pages in one locale, in the order of their titles."""

    locale: str
    procedures: tuple[Procedure, ...]
    concerns: tuple[Concern, ...]
    plans: tuple[AftercarePlan, ...]
    verdicts: tuple[Verdict, ...] = ()
    guidance: str
    contraindications: tuple[ContraindicationTerm, ...] = ()  # in code order
    glossary: tuple[Term, ...] = ()


class ReleaseInfo(Record, frozen=True, kw_only=True):
    """`version` sorts by time of publishing. The same content has the same `content_hash`."""

    version: str
    published_at: datetime
    content_hash: str


class Release(Record, frozen=True, kw_only=True):
    info: ReleaseInfo
    base_locale: str
    catalogs: dict[str, LocalizedCatalog]  # by locale
