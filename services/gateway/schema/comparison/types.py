import graphene

from services.gateway.schema.comparison.enums import BetterEnum, DimensionEnum, UnitEnum
from services.gateway.schema.content.values import Source
from services.gateway.schema.fields import attribute, field, list_of, required
from services.gateway.schema.procedures.types import Procedure


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
