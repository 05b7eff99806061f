"""Procedures of the catalog."""

from collections.abc import Sequence

import graphene

from services.contracts import catalog
from services.contracts.catalog import ProcedureFamily
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog.content import (
    Content,
    ContentBlock,
    CountRange,
    DayRange,
    DecimalRange,
    EvidenceLevelEnum,
    MoneyRange,
    RarityEnum,
    RedFlag,
    SkinTypeEnum,
    Source,
    StandingEnum,
    locale_argument,
    slug_argument,
)
from services.gateway.schema.catalog.edition import catalog_connection, edition_for
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    attribute,
    field,
    input_field,
    list_of,
    mapped,
    mapped_with_args,
    required,
)
from services.gateway.schema.inputs import struct_of
from services.gateway.schema.paging import Connection, Edge, connection_field, connection_type
from services.gateway.snapshot import listing
from services.gateway.snapshot.listing import ProcedureSort, by_evidence, list_procedures
from services.gateway.snapshot.snapshot import LocalizedEntry, LocalizedIndication

ProcedureFamilyEnum = described(
    ProcedureFamily,
    "How a procedure works on the skin.",
    {
        "MICRONEEDLING": "Fine needles make channels in the skin.",
        "CHEMICAL_PEEL": "An acid takes off layers of the skin.",
        "LASER": "Light of one wavelength heats or takes off parts of the skin.",
        "LIGHT": "Pulsed or filtered light of many wavelengths.",
        "DERMABRASION": "A rotating tool takes off layers of the skin.",
        "MICRODERMABRASION": "Fine particles or a rough tip polish the outermost layer.",
    },
)
ProcedureSortEnum = described(
    ProcedureSort,
    "The order of a list of procedures.",
    {
        "TITLE": "By title.",
        "INVASIVENESS": "Least invasive first.",
        "DOWNTIME": "Shortest downtime first; unknown last.",
    },
)


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
        required("services.gateway.schema.catalog.concerns.Concern"),
        "The concern.",
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


LocalizedProcedure = LocalizedEntry[catalog.Procedure]


def procedure_by_slug(args: Args, request: GatewayRequest) -> LocalizedProcedure | None:
    return edition_for(request, args).procedures.get(args["slug"])


def procedure_list(args: Args, request: GatewayRequest) -> Connection[LocalizedProcedure]:
    edition = edition_for(request, args)
    sort = args.get("sort") or ProcedureSort.TITLE
    criteria = struct_of(listing.ProcedureFilter, args.get("filter") or {})
    return catalog_connection(
        list_procedures(edition, criteria, sort),
        args,
        request,
        of_list=f"procedures:{sort}",
        edition=edition,
        edge=Edge,
    )


def parent_of(procedure: LocalizedProcedure) -> LocalizedProcedure | None:
    return procedure.edition.parent_of(procedure.entry)


def variants_of(procedure: LocalizedProcedure) -> Sequence[LocalizedProcedure]:
    return procedure.edition.variants_of(procedure.entry)


def treated(procedure: LocalizedProcedure, args: Args) -> Sequence[LocalizedIndication]:
    return by_evidence(procedure.edition.treats(procedure.entry), args.get("minimum_evidence"))


def side_effects_of(procedure: LocalizedProcedure, args: Args) -> Sequence[catalog.SideEffect]:
    rarity = args.get("rarity")
    return [
        side_effect
        for side_effect in procedure.entry.side_effects
        if rarity is None or side_effect.rarity == rarity
    ]


def plans_for(procedure: LocalizedProcedure) -> Sequence[LocalizedEntry[catalog.AftercarePlan]]:
    return procedure.edition.plans_for(procedure.entry)


class Procedure(ObjectType, interfaces=(Node, Content), source="entry"):
    """A skin procedure, or a family of them."""

    family = field(required(ProcedureFamilyEnum), "How it works on the skin.")
    parent = field(
        "services.gateway.schema.catalog.procedures.Procedure",
        "The broader entry, such as laser resurfacing for ablative CO2.",
        mapped(parent_of),
    )
    variants = field(
        list_of("services.gateway.schema.catalog.procedures.Procedure"),
        "Narrower entries.",
        mapped(variants_of),
    )
    aliases = field(list_of(graphene.String), "Other names for it.")
    mechanism = field(list_of(ContentBlock), "How it works.")
    devices = field(list_of(Device), "The devices used.")
    steps = field(list_of(ProcedureStep), "The steps of a visit.")
    benefits = field(list_of(Benefit), "Its benefits.")
    treats = field(
        list_of(Indication),
        "Concerns it treats, best supported first.",
        mapped_with_args(treated),
        minimum_evidence=argument(
            EvidenceLevelEnum, "Leave out entries with weaker evidence than this."
        ),
    )
    side_effects = field(
        list_of(SideEffect),
        "Possible side effects.",
        mapped_with_args(side_effects_of),
        rarity=argument(RarityEnum, "Only these."),
    )
    contraindications = field(list_of(Contraindication), "Reasons against it.")
    red_flags = field(list_of(RedFlag), "Signs after the procedure that need medical help.")
    suitability = field(list_of(SkinTypeSuitability), "Suitability for each skin type.")
    profile = field(required(ProcedureProfile), "The figures used in comparisons.")
    combinations = field(list_of(Combination), "What it is combined with.")
    aftercare_plans = field(
        list_of("services.gateway.schema.catalog.plans.types.AftercarePlan"),
        "Plans for the time before and after it.",
        mapped(plans_for),
    )
    faq = field(list_of(Question), "What patients ask.")
    sources = field(list_of(Source), "Sources of the whole page.")


ProcedureConnection = connection_type(
    Procedure,
    "procedure",
    is_counted=True,
    note=" `indication` is set under a concern.",
    indication=field(Indication, "How the procedure treats the concern it is listed under."),
)


class ProcedureFilter(graphene.InputObjectType):
    """Filters for a list of procedures. A procedure with an unknown value does not match."""

    family = input_field(graphene.List(required(ProcedureFamilyEnum)), "Any of these families.")
    concern = input_field(graphene.String, "Slug of a concern that it treats.")
    max_downtime_days = input_field(graphene.Int, "The longest downtime is at most this many days.")
    skin_type = input_field(SkinTypeEnum, "Suitable for this skin type, possibly with precautions.")


class ProcedureQueries:
    procedure = field(
        Procedure,
        "One procedure; null if no procedure has this slug.",
        at_root(procedure_by_slug),
        slug=slug_argument(),
        locale=locale_argument(),
    )
    procedures = connection_field(
        ProcedureConnection,
        "All procedures, filtered and sorted.",
        at_root(procedure_list),
        filter=argument(ProcedureFilter, "Filters for the list."),
        sort=argument(ProcedureSortEnum, "The sort order.", default_value=ProcedureSort.TITLE),
        locale=locale_argument(),
    )
