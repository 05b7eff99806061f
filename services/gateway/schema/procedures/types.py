import graphene

from services.gateway.schema.content.enums import EvidenceLevelEnum, RarityEnum, SkinTypeEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.content.values import ContentBlock, RedFlag, Source
from services.gateway.schema.fields import (
    argument,
    attribute,
    field,
    input_field,
    list_of,
    mapped,
    mapped_with_args,
    required,
)
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_type
from services.gateway.schema.procedures import parts, resolvers
from services.gateway.schema.procedures.enums import ProcedureFamilyEnum


class Procedure(ObjectType, interfaces=(Node, Content)):
    """A skin procedure, or a family of them."""

    family = field(
        required(ProcedureFamilyEnum), "How it works on the skin.", attribute("entry.family")
    )
    parent = field(
        "services.gateway.schema.procedures.types.Procedure",
        "The broader entry, such as laser resurfacing for ablative CO2.",
        mapped(resolvers.parent_of),
    )
    variants = field(
        list_of("services.gateway.schema.procedures.types.Procedure"),
        "Narrower entries.",
        mapped(resolvers.variants_of),
    )
    aliases = field(list_of(graphene.String), "Other names for it.", attribute("entry.aliases"))
    mechanism = field(list_of(ContentBlock), "How it works.", attribute("entry.mechanism"))
    devices = field(list_of(parts.Device), "The devices used.", attribute("entry.devices"))
    steps = field(list_of(parts.ProcedureStep), "The steps of a visit.", attribute("entry.steps"))
    benefits = field(list_of(parts.Benefit), "Its benefits.", attribute("entry.benefits"))
    treats = field(
        list_of(parts.Indication),
        "Concerns it treats, best supported first.",
        mapped_with_args(resolvers.treated),
        minimum_evidence=argument(
            EvidenceLevelEnum, "Leave out entries with weaker evidence than this."
        ),
    )
    side_effects = field(
        list_of(parts.SideEffect),
        "Possible side effects.",
        mapped_with_args(resolvers.side_effects_of),
        rarity=argument(RarityEnum, "Only these."),
    )
    contraindications = field(
        list_of(parts.Contraindication),
        "Reasons against it.",
        attribute("entry.contraindications"),
    )
    red_flags = field(
        list_of(RedFlag),
        "Signs after the procedure that need medical help.",
        attribute("entry.red_flags"),
    )
    suitability = field(
        list_of(parts.SkinTypeSuitability),
        "Suitability for each skin type.",
        attribute("entry.suitability"),
    )
    profile = field(
        required(parts.ProcedureProfile),
        "The figures used in comparisons.",
        attribute("entry.profile"),
    )
    combinations = field(
        list_of(parts.Combination), "What it is combined with.", attribute("entry.combinations")
    )
    aftercare_plans = field(
        list_of("services.gateway.schema.plans.types.AftercarePlan"),
        "Plans for the time before and after it.",
        mapped(resolvers.plans_for),
    )
    faq = field(list_of(parts.Question), "What patients ask.", attribute("entry.faq"))
    sources = field(list_of(Source), "Sources of the whole page.", attribute("entry.sources"))


ProcedureConnection = connection_type(
    Procedure,
    "procedure",
    is_counted=True,
    note=" `indication` is set under a concern.",
    indication=field(parts.Indication, "How the procedure treats the concern it is listed under."),
)


class ProcedureFilter(graphene.InputObjectType):
    """Filters for a list of procedures. A procedure with an unknown value does not match."""

    family = input_field(graphene.List(required(ProcedureFamilyEnum)), "Any of these families.")
    concern = input_field(graphene.String, "Slug of a concern that it treats.")
    max_downtime_days = input_field(graphene.Int, "The longest downtime is at most this many days.")
    skin_type = input_field(SkinTypeEnum, "Suitable for this skin type, possibly with precautions.")
