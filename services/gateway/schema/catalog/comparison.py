"""Procedures side by side."""

import graphene

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog.content import Source, locale_argument
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.catalog.procedures import Procedure
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    argument,
    at_root,
    attribute,
    field,
    list_of,
    required,
)
from services.gateway.snapshot import comparison
from services.gateway.snapshot.dimensions import Better, Dimension, Unit

DimensionEnum = described(
    Dimension,
    "What procedures are compared by.",
    {dimension.value: dimension.description for dimension in Dimension},
)
BetterEnum = described(
    Better,
    "Which figures are better.",
    {
        "LOWER": "The lower, the better for the patient.",
        "HIGHER": "The higher, the better for the patient.",
        "NEITHER": "Neither is better.",
    },
)
UnitEnum = described(
    Unit,
    "What a figure counts.",
    {
        "DAYS": "Days.",
        "MINUTES": "Minutes.",
        "COUNT": "A plain number.",
        "MILLIMETERS": "Millimeters.",
        "SCALE_1_10": "A scale from 1 to 10.",
        "SCALE_0_10": "A scale from 0 to 10.",
        "MONEY": "Whole units of a currency, which the text names.",
    },
)


class ComparisonCell(graphene.ObjectType):
    """A figure of one procedure in one dimension."""

    procedure = field(required(Procedure), "The procedure.")
    text = field(
        required(graphene.String), "Text that can be shown to users, in the served locale."
    )
    min = field(graphene.Float, "For sorting and charts; null if unknown.", attribute("figure.min"))
    typical = field(
        graphene.Float, "For sorting and charts; null if unknown.", attribute("figure.typical")
    )
    max = field(graphene.Float, "For sorting and charts; null if unknown.", attribute("figure.max"))
    is_best = field(
        required(graphene.Boolean),
        "Whether no other known figure is better. Never true for unknown figures, or "
        "where figures cannot be compared.",
    )
    is_unknown = field(
        required(graphene.Boolean), "Whether nothing is known, which is not the same as zero."
    )
    sources = field(list_of(Source), "Sources of the figure.")


class ComparisonRow(graphene.ObjectType):
    """One dimension of a comparison."""

    dimension = field(required(DimensionEnum), "What is compared.")
    label = field(required(graphene.String), "The dimension's name, which can be shown to users.")
    unit = field(UnitEnum, "The unit of the figures; null if there is only text.")
    better = field(required(BetterEnum), "Which figures are better.")
    cells = field(list_of(ComparisonCell), "The cells in the order of the procedures.")


class ComparisonVerdict(graphene.ObjectType):
    """A sentence by the editors about the comparison."""

    text = field(required(graphene.String), "The sentence.")
    sources = field(list_of(Source), "Sources of the sentence.")


class Comparison(graphene.ObjectType):
    """Procedures side by side. Cells are in the order of `procedures`."""

    procedures = field(list_of(Procedure), "The procedures found, in the requested order.")
    unknown_slugs = field(list_of(graphene.String), "Requested slugs that match no procedure.")
    rows = field(list_of(ComparisonRow), "One row for each dimension.")
    verdicts = field(list_of(ComparisonVerdict), "The editors' sentences about the comparison.")
    guidance = field(required(graphene.String), "What to consider when comparing.")


def _compared(args: Args, request: GatewayRequest) -> comparison.Comparison:
    slugs = list(dict.fromkeys(args["procedures"]))
    if not comparison.MIN_PROCEDURES <= len(slugs) <= comparison.MAX_PROCEDURES:
        raise FieldRefused(
            "BAD_USER_INPUT",
            f"Name {comparison.MIN_PROCEDURES} to {comparison.MAX_PROCEDURES} different procedures"
            " to compare.",
        )
    return comparison.compare(edition_for(request, args), slugs, args.get("dimensions"))


class ComparisonQueries:
    comparison = field(
        Comparison,
        "Two to six procedures side by side.",
        at_root(_compared),
        procedures=argument(list_of(graphene.String), "Slugs of the procedures."),
        dimensions=argument(
            graphene.List(required(DimensionEnum)),
            "Only these rows, in this order; all if left out.",
        ),
        locale=locale_argument(),
    )
