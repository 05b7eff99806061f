"""The parts of a procedure's page."""

import graphene

from services.gateway.schema.content.enums import (
    EvidenceLevelEnum,
    RarityEnum,
    SkinTypeEnum,
    StandingEnum,
)
from services.gateway.schema.content.values import (
    ContentBlock,
    CountRange,
    DayRange,
    DecimalRange,
    MoneyRange,
    Source,
)
from services.gateway.schema.fields import attribute, field, list_of, required

_SOURCES = "Sources of the claim."


class Device(graphene.ObjectType):
    """A kind of device used in the procedure."""

    slug = field(required(graphene.String), "A stable name for programs.")
    name = field(required(graphene.String), "What it is called.")
    description = field(required(graphene.String), "How it works.")
    depth_millimeters = field(DecimalRange, "How deep it reaches, if known.")
    adjustable_depth = field(required(graphene.Boolean), "Whether the depth can be set.")
    sources = field(list_of(Source), _SOURCES)


class ProcedureStep(graphene.ObjectType):
    """One step of the visit."""

    order = field(required(graphene.Int), "From 1.")
    title = field(required(graphene.String), "What happens.")
    body = field(list_of(ContentBlock), "A description of the step.")


class Benefit(graphene.ObjectType):
    """A benefit of the procedure."""

    name = field(required(graphene.String), "The benefit in a few words.")
    description = field(required(graphene.String), "What to expect.")
    evidence = field(required(EvidenceLevelEnum), "How well it is supported.")
    sources = field(list_of(Source), _SOURCES)


class Indication(graphene.ObjectType):
    """A concern that the procedure treats."""

    concern = field(
        required("services.gateway.schema.concerns.types.Concern"),
        "The concern.",
        attribute("concern"),
    )
    evidence = field(
        required(EvidenceLevelEnum), "How well it is supported.", attribute("indication.evidence")
    )
    note = field(graphene.String, "What to know about it.", attribute("indication.note"))
    sources = field(list_of(Source), _SOURCES, attribute("indication.sources"))


class SideEffect(graphene.ObjectType):
    """A possible side effect."""

    name = field(required(graphene.String), "The side effect in a few words.")
    description = field(graphene.String, "A description of it.")
    rarity = field(required(RarityEnum), "How often it occurs.")
    duration = field(DayRange, "How long it lasts, if known.")
    sources = field(list_of(Source), _SOURCES)


class Contraindication(graphene.ObjectType):
    """A condition that is a reason against the procedure."""

    code = field(required(graphene.String), "A stable name for programs.")
    label = field(required(graphene.String), "The condition.")
    standing = field(
        required(StandingEnum), "Whether the procedure is advisable with this condition."
    )
    sources = field(list_of(Source), _SOURCES)


class SkinTypeSuitability(graphene.ObjectType):
    """The suitability of the procedure for a skin type."""

    skin_type = field(required(SkinTypeEnum), "The skin type.")
    standing = field(required(StandingEnum), "Whether it is advisable.")
    note = field(graphene.String, "What to know about it.")


class ProcedureProfile(graphene.ObjectType):
    """The figures used to compare procedures."""

    invasiveness = field(required(graphene.Int), "From 1 (least invasive) to 10 (most invasive).")
    discomfort = field(DecimalRange, "From 0 to 10, with the usual anesthesia.")
    downtime = field(required(DayRange), "Days until most people return to normal activities.")
    redness = field(DayRange, "Days with visible redness.")
    session_minutes = field(CountRange, "How long one session takes.")
    sessions = field(CountRange, "How many sessions are usual.")
    interval_days = field(DayRange, "Days between sessions.")
    results_after = field(DayRange, "Days until results are visible.")
    results_last = field(DayRange, "Days that results last.")
    anesthesia = field(graphene.String, "The usual anesthesia.")
    performed_by = field(required(graphene.String), "Who usually performs it.")
    cost = field(list_of(MoneyRange), "What it costs, by region.")


class Combination(graphene.ObjectType):
    """A combination with another treatment."""

    partner = field(required(graphene.String), "What it is combined with.")
    description = field(required(graphene.String), "How and why.")
    evidence = field(required(EvidenceLevelEnum), "How well it is supported.")
    cautions = field(list_of(graphene.String), "Precautions.")
    sources = field(list_of(Source), _SOURCES)


class Question(graphene.ObjectType):
    """Something that patients ask."""

    question = field(required(graphene.String), "The question.")
    answer = field(list_of(ContentBlock), "The answer.")
