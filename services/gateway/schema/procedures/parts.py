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
from services.gateway.schema.fields import attribute, field, list_of, required

_SOURCES = "What the claim rests on."


class Device(graphene.ObjectType):
    """A kind of device that the procedure is done with."""

    slug = field(required(graphene.String), "Stable name.")
    name = field(required(graphene.String), "What it is called.")
    description = field(required(graphene.String), "How it works.")
    depth_millimeters = field(DecimalRange, "How deep it reaches, where known.")
    adjustable_depth = field(required(graphene.Boolean), "Whether the depth can be set.")
    sources = field(list_of(Source), _SOURCES)


class ProcedureStep(graphene.ObjectType):
    """One part of the visit."""

    order = field(required(graphene.Int), "From 1.")
    title = field(required(graphene.String), "What happens.")
    body = field(list_of(ContentBlock), "How it goes.")


class Benefit(graphene.ObjectType):
    """Something the procedure is good for."""

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
    """Something that may follow."""

    name = field(required(graphene.String), "The side effect in a few words.")
    description = field(graphene.String, "What it is like.")
    rarity = field(required(RarityEnum), "How often it is seen.")
    duration = field(DayRange, "How long it lasts, where known.")
    sources = field(list_of(Source), _SOURCES)


class Contraindication(graphene.ObjectType):
    """A condition that speaks against the procedure."""

    code = field(required(graphene.String), "Stable name.")
    label = field(required(graphene.String), "The condition.")
    standing = field(required(StandingEnum), "Whether the procedure is advisable with it.")
    sources = field(list_of(Source), _SOURCES)


class SkinTypeSuitability(graphene.ObjectType):
    """How the procedure suits a skin type."""

    skin_type = field(required(SkinTypeEnum), "The skin type.")
    standing = field(required(StandingEnum), "Whether it is advisable.")
    note = field(graphene.String, "What to know about it.")


class ProcedureProfile(graphene.ObjectType):
    """The figures that procedures are compared by."""

    invasiveness = field(required(graphene.Int), "1 least invasive … 10 most.")
    discomfort = field(DecimalRange, "0–10 with the usual anesthesia.")
    downtime = field(required(DayRange), "Days until most people go about as usual.")
    redness = field(DayRange, "Days that redness shows.")
    session_minutes = field(CountRange, "How long one session takes.")
    sessions = field(CountRange, "How many sessions are usual.")
    interval_days = field(DayRange, "Days between sessions.")
    results_after = field(DayRange, "Days until a result shows.")
    results_last = field(DayRange, "Days that the result lasts.")
    anesthesia = field(graphene.String, "What is usual against the pain.")
    performed_by = field(required(graphene.String), "Who does it.")
    cost = field(list_of(MoneyRange), "What it costs, by region.")


class Combination(graphene.ObjectType):
    """Something the procedure is combined with."""

    partner = field(required(graphene.String), "What it is combined with.")
    description = field(required(graphene.String), "How and why.")
    evidence = field(required(EvidenceLevelEnum), "How well it is supported.")
    cautions = field(list_of(graphene.String), "What to watch out for.")
    sources = field(list_of(Source), _SOURCES)


class Question(graphene.ObjectType):
    """Something that patients ask."""

    question = field(required(graphene.String), "The question.")
    answer = field(list_of(ContentBlock), "The answer.")
