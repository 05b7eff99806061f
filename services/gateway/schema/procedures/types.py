import graphene

from services.gateway.schema.content.enums import EvidenceLevelEnum, RarityEnum, SkinTypeEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.content.values import ContentBlock, RedFlag, Source
from services.gateway.schema.fields import (
    argument,
    each,
    each_with,
    field,
    input_field,
    must,
    reads,
    some,
)
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import PageInfo
from services.gateway.schema.procedures import parts, resolvers
from services.gateway.schema.procedures.enums import ProcedureFamilyEnum


class Procedure(ObjectType, interfaces=(Node, Content)):
    """A skin procedure, or a family of them."""

    family = field(must(ProcedureFamilyEnum), "How it works on the skin.", reads("entry.family"))
    parent = field(
        "services.gateway.schema.procedures.types.Procedure",
        "Broader entry, e.g. laser resurfacing for ablative CO2.",
        each(resolvers.parent_of),
    )
    variants = field(
        some("services.gateway.schema.procedures.types.Procedure"),
        "Narrower entries.",
        each(resolvers.variants_of),
    )
    aliases = field(some(graphene.String), "Other names for it.", reads("entry.aliases"))
    mechanism = field(some(ContentBlock), "How it works.", reads("entry.mechanism"))
    devices = field(some(parts.Device), "What it is done with.", reads("entry.devices"))
    steps = field(some(parts.ProcedureStep), "How a visit goes.", reads("entry.steps"))
    benefits = field(some(parts.Benefit), "What it is good for.", reads("entry.benefits"))
    treats = field(
        some(parts.Indication),
        "Concerns it treats, best supported first.",
        each_with(resolvers.treated),
        minimum_evidence=argument(EvidenceLevelEnum, "Leave out what is supported less well."),
    )
    side_effects = field(
        some(parts.SideEffect),
        "What may follow.",
        each_with(resolvers.side_effects_of),
        rarity=argument(RarityEnum, "Only these."),
    )
    contraindications = field(
        some(parts.Contraindication), "What speaks against it.", reads("entry.contraindications")
    )
    red_flags = field(
        some(RedFlag), "Signs afterwards that call for help.", reads("entry.red_flags")
    )
    suitability = field(
        some(parts.SkinTypeSuitability), "How it suits each skin type.", reads("entry.suitability")
    )
    profile = field(
        must(parts.ProcedureProfile), "The figures to compare it by.", reads("entry.profile")
    )
    combinations = field(
        some(parts.Combination), "What it is combined with.", reads("entry.combinations")
    )
    aftercare_plans = field(
        some("services.gateway.schema.plans.types.AftercarePlan"),
        "Plans for the time before and after it.",
        each(resolvers.plans_for),
    )
    faq = field(some(parts.Question), "What patients ask.", reads("entry.faq"))
    sources = field(some(Source), "What the whole page rests on.", reads("entry.sources"))


class ProcedureEdge(graphene.ObjectType):
    """A procedure in a list. `indication` is set under a concern."""

    cursor = field(must(graphene.String), "Where the edge lies in its list.")
    node = field(must(Procedure), "The procedure.")
    indication = field(parts.Indication, "How the procedure treats the concern it is listed under.")


class ProcedureConnection(graphene.ObjectType):
    """A page of a list of procedures."""

    edges = field(some(ProcedureEdge), "The procedures with their cursors.")
    nodes = field(some(Procedure), "The procedures alone.")
    page_info = field(must(PageInfo), "Where the page lies in the list.")
    total_count = field(
        must(graphene.Int), "How many there are in the whole list.", each(lambda page: page.count())
    )


class ProcedureFilter(graphene.InputObjectType):
    """Which procedures to list. What is not known of a procedure does not pass."""

    family = input_field(graphene.List(must(ProcedureFamilyEnum)), "Any of these families.")
    concern = input_field(graphene.String, "Slug of a concern that it treats.")
    max_downtime_days = input_field(graphene.Int, "Downtime no longer than this, at the longest.")
    skin_type = input_field(SkinTypeEnum, "Suits this skin type, if with care.")
