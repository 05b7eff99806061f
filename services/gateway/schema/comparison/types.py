import graphene

from services.gateway.schema.comparison.enums import BetterEnum, DimensionEnum, UnitEnum
from services.gateway.schema.content.values import Source
from services.gateway.schema.fields import attribute, field, list_of, required
from services.gateway.schema.procedures.types import Procedure


class ComparisonCell(graphene.ObjectType):
    """What is known of one procedure in one dimension."""

    procedure = field(required(Procedure), "The procedure.")
    text = field(required(graphene.String), "Ready to show, in the locale that was served.")
    min = field(graphene.Float, "For sorting and charts; null is unknown.", attribute("figure.min"))
    typical = field(
        graphene.Float, "For sorting and charts; null is unknown.", attribute("figure.typical")
    )
    max = field(graphene.Float, "For sorting and charts; null is unknown.", attribute("figure.max"))
    is_best = field(
        required(graphene.Boolean),
        "Whether no other known figure beats it. Never true for what is unknown, nor where "
        "figures cannot be compared.",
    )
    is_unknown = field(required(graphene.Boolean), "Whether nothing is known; that is not zero.")
    sources = field(list_of(Source), "What the cell rests on.")


class ComparisonRow(graphene.ObjectType):
    """One dimension."""

    dimension = field(required(DimensionEnum), "What is compared.")
    label = field(required(graphene.String), "Its name, ready to show.")
    unit = field(UnitEnum, "What the figures count; null where there are words only.")
    better = field(required(BetterEnum), "Which figures are the better ones.")
    cells = field(list_of(ComparisonCell), "In the order of the procedures.")


class ComparisonVerdict(graphene.ObjectType):
    """A sentence by the editors about how the procedures compare."""

    text = field(required(graphene.String), "The sentence.")
    sources = field(list_of(Source), "What it rests on.")


class Comparison(graphene.ObjectType):
    """Procedures side by side. Cells follow the order of `procedures`."""

    procedures = field(list_of(Procedure), "Those that were found, in the order asked for.")
    unknown_slugs = field(list_of(graphene.String), "Names that no procedure has.")
    rows = field(list_of(ComparisonRow), "One for each dimension.")
    verdicts = field(list_of(ComparisonVerdict), "What the editors say about them.")
    guidance = field(required(graphene.String), "What to keep in mind when comparing.")
