import graphene

from services.gateway.schema.comparison.enums import BetterEnum, DimensionEnum, UnitEnum
from services.gateway.schema.content.values import Source
from services.gateway.schema.fields import field, must, reads, some
from services.gateway.schema.procedures.types import Procedure


class ComparisonCell(graphene.ObjectType):
    """What is known of one procedure in one dimension."""

    procedure = field(must(Procedure), "The procedure.")
    text = field(must(graphene.String), "Ready to show, in the locale that was served.")
    min = field(graphene.Float, "For sorting and charts; null is unknown.", reads("figure.min"))
    typical = field(
        graphene.Float, "For sorting and charts; null is unknown.", reads("figure.typical")
    )
    max = field(graphene.Float, "For sorting and charts; null is unknown.", reads("figure.max"))
    is_best = field(
        must(graphene.Boolean),
        "Whether no other known figure beats it. Never true for what is unknown, nor where "
        "figures cannot be compared.",
    )
    is_unknown = field(must(graphene.Boolean), "Whether nothing is known; that is not zero.")
    sources = field(some(Source), "What the cell rests on.")


class ComparisonRow(graphene.ObjectType):
    """One dimension."""

    dimension = field(must(DimensionEnum), "What is compared.")
    label = field(must(graphene.String), "Its name, ready to show.")
    unit = field(UnitEnum, "What the figures count; null where there are words only.")
    better = field(must(BetterEnum), "Which figures are the better ones.")
    cells = field(some(ComparisonCell), "In the order of the procedures.")


class ComparisonVerdict(graphene.ObjectType):
    """A sentence by the editors about how the procedures compare."""

    text = field(must(graphene.String), "The sentence.")
    sources = field(some(Source), "What it rests on.")


class Comparison(graphene.ObjectType):
    """Procedures side by side. Cells follow the order of `procedures`."""

    procedures = field(some(Procedure), "Those that were found, in the order asked for.")
    unknown_slugs = field(some(graphene.String), "Names that no procedure has.")
    rows = field(some(ComparisonRow), "One for each dimension.")
    verdicts = field(some(ComparisonVerdict), "What the editors say about them.")
    guidance = field(must(graphene.String), "What to keep in mind when comparing.")
