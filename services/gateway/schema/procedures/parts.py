"""What a procedure's page is made of."""

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
from services.gateway.schema.fields import field, must, reads, some

_SOURCES = "What the claim rests on."


class Device(graphene.ObjectType):
    """A kind of device that the procedure is done with."""

    slug = field(must(graphene.String), "Stable name.")
    name = field(must(graphene.String), "What it is called.")
    description = field(must(graphene.String), "How it works.")
    depth_millimeters = field(DecimalRange, "How deep it reaches, where known.")
    adjustable_depth = field(must(graphene.Boolean), "Whether the depth can be set.")
    sources = field(some(Source), _SOURCES)


class ProcedureStep(graphene.ObjectType):
    """One part of the visit."""

    order = field(must(graphene.Int), "From 1.")
    title = field(must(graphene.String), "What happens.")
    body = field(some(ContentBlock), "How it goes.")


class Benefit(graphene.ObjectType):
    """Something the procedure is good for."""

    name = field(must(graphene.String), "The benefit in a few words.")
    description = field(must(graphene.String), "What to expect.")
    evidence = field(must(EvidenceLevelEnum), "How well it is supported.")
    sources = field(some(Source), _SOURCES)


class Indication(graphene.ObjectType):
    """A concern that the procedure treats."""

    concern = field(
        must("services.gateway.schema.concerns.types.Concern"), "The concern.", reads("concern")
    )
    evidence = field(
        must(EvidenceLevelEnum), "How well it is supported.", reads("indication.evidence")
    )
    note = field(graphene.String, "What to know about it.", reads("indication.note"))
    sources = field(some(Source), _SOURCES, reads("indication.sources"))


class SideEffect(graphene.ObjectType):
    """Something that may follow."""

    name = field(must(graphene.String), "The side effect in a few words.")
    description = field(graphene.String, "What it is like.")
    rarity = field(must(RarityEnum), "How often it is seen.")
    duration = field(DayRange, "How long it lasts, where known.")
    sources = field(some(Source), _SOURCES)


class Contraindication(graphene.ObjectType):
    """A condition that speaks against the procedure."""

    code = field(must(graphene.String), "Stable name.")
    label = field(must(graphene.String), "The condition.")
    standing = field(must(StandingEnum), "Whether the procedure is advisable with it.")
    sources = field(some(Source), _SOURCES)


class SkinTypeSuitability(graphene.ObjectType):
    """How the procedure suits a skin type."""

    skin_type = field(must(SkinTypeEnum), "The skin type.")
    standing = field(must(StandingEnum), "Whether it is advisable.")
    note = field(graphene.String, "What to know about it.")


class ProcedureProfile(graphene.ObjectType):
    """The figures that procedures are compared by."""

    invasiveness = field(must(graphene.Int), "1 least invasive … 10 most.")
    discomfort = field(DecimalRange, "0–10 with the usual anesthesia.")
    downtime = field(must(DayRange), "Days until most people go about as usual.")
    redness = field(DayRange, "Days that redness shows.")
    session_minutes = field(CountRange, "How long one session takes.")
    sessions = field(CountRange, "How many sessions are usual.")
    interval_days = field(DayRange, "Days between sessions.")
    results_after = field(DayRange, "Days until a result shows.")
    results_last = field(DayRange, "Days that the result lasts.")
    anesthesia = field(graphene.String, "What is usual against the pain.")
    performed_by = field(must(graphene.String), "Who does it.")
    cost = field(some(MoneyRange), "What it costs, by region.")


class Combination(graphene.ObjectType):
    """Something the procedure is combined with."""

    partner = field(must(graphene.String), "What it is combined with.")
    description = field(must(graphene.String), "How and why.")
    evidence = field(must(EvidenceLevelEnum), "How well it is supported.")
    cautions = field(some(graphene.String), "What to watch out for.")
    sources = field(some(Source), _SOURCES)


class Question(graphene.ObjectType):
    """Something that patients ask."""

    question = field(must(graphene.String), "The question.")
    answer = field(some(ContentBlock), "The answer.")
