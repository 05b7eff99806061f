"""Values that published content is made of."""

import graphene

from services.contracts import catalog
from services.gateway.schema.content.enums import SeverityEnum
from services.gateway.schema.fields import field, list_of, mapped, required
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.scalars.urls import URL


class DayRange(graphene.ObjectType):
    """A range of days, inclusive. A null bound is unknown, not zero."""

    min = field(graphene.Float, "The shortest time in the sources.")
    typical = field(graphene.Float, "The most common value.")
    max = field(graphene.Float, "The longest time in the sources.")


class CountRange(graphene.ObjectType):
    """A range of a count, inclusive. A null bound is unknown, not zero."""

    min = field(graphene.Int, "The lowest number in the sources.")
    typical = field(graphene.Int, "The most common value.")
    max = field(graphene.Int, "The highest number in the sources.")


class DecimalRange(graphene.ObjectType):
    """A range of a measure, inclusive. A null bound is unknown, not zero."""

    min = field(graphene.Float, "The lowest value in the sources.")
    max = field(graphene.Float, "The highest value in the sources.")


class MoneyRange(graphene.ObjectType):
    """A range of prices in whole units of a currency."""

    min = field(required(graphene.Int), "The lowest price.")
    max = field(required(graphene.Int), "The highest price.")
    currency = field(required(graphene.String), "ISO 4217 code.")
    year = field(graphene.Int, "The year of the figures, if known.")
    per_session = field(
        required(graphene.Boolean),
        "Whether the price is for one session; otherwise it is for all sessions.",
    )
    region = field(graphene.String, "The region of the figures, if known.")


def _https_url_of(source: catalog.Source) -> str | None:
    """Return the source's https URL; None for the few sources that have only an http one."""
    return source.url if source.url and source.url.startswith("https://") else None


class Source(graphene.ObjectType):
    """Where a claim comes from."""

    key = field(required(graphene.String), "The catalog's short name of the source.")
    title = field(required(graphene.String), "The title.")
    publisher = field(graphene.String, "Who published it.")
    url = field(URL, "Where to read it; null if it has no https address.", mapped(_https_url_of))
    grade = field(
        required(graphene.String),
        "A: regulator, paper or society. B: the same, read through a copy. C: a single "
        "clinic. D: a vendor. K: not checked.",
    )


class ContentBlock(graphene.Interface):
    """A block of text. New kinds may be added; `text` is always complete."""

    text = field(required(graphene.String), "The complete block as plain text.")


class Paragraph(ObjectType, interfaces=(ContentBlock,)):
    """A paragraph."""

    markdown = field(
        required(graphene.String),
        "The paragraph as Markdown without HTML, which publishing refuses.",
    )


class Checklist(ObjectType, interfaces=(ContentBlock,)):
    """A list of things to do or to know."""

    title = field(graphene.String, "The heading of the list.")
    items = field(list_of(graphene.String), "The items, in order.")


class Notice(ObjectType, interfaces=(ContentBlock,)):
    """An important notice."""

    severity = field(required(SeverityEnum), "How important it is.")
    markdown = field(
        required(graphene.String), "The notice as Markdown without HTML, which publishing refuses."
    )


class RedFlag(graphene.ObjectType):
    """A sign after a procedure that needs medical help."""

    code = field(required(graphene.String), "A stable name for programs.")
    label = field(required(graphene.String), "What to look out for.")
    action = field(
        required(graphene.String),
        "What to do, with the emergency number of the reader's country if needed.",
    )
    severity = field(required(SeverityEnum), "How important it is.")
    is_emergency = field(required(graphene.Boolean), "Whether to call the emergency number.")
