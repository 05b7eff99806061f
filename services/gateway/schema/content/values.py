"""Values that published content is made of."""

import graphene

from services.contracts import catalog
from services.gateway.schema.content.enums import SeverityEnum
from services.gateway.schema.fields import field, list_of, mapped, required
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.scalars.urls import URL


class DayRange(graphene.ObjectType):
    """Days, inclusive; a null bound is unknown, never zero."""

    min = field(graphene.Float, "The shortest that sources tell.")
    typical = field(graphene.Float, "What most people see.")
    max = field(graphene.Float, "The longest that sources tell.")


class CountRange(graphene.ObjectType):
    """A number of things, inclusive; a null bound is unknown, never zero."""

    min = field(graphene.Int, "The fewest that sources tell.")
    typical = field(graphene.Int, "What most people see.")
    max = field(graphene.Int, "The most that sources tell.")


class DecimalRange(graphene.ObjectType):
    """A measure, inclusive; a null bound is unknown, never zero."""

    min = field(graphene.Float, "The least that sources tell.")
    max = field(graphene.Float, "The most that sources tell.")


class MoneyRange(graphene.ObjectType):
    """Whole units of the currency."""

    min = field(required(graphene.Int), "The least that is asked.")
    max = field(required(graphene.Int), "The most that is asked.")
    currency = field(required(graphene.String), "ISO 4217 code.")
    year = field(graphene.Int, "The year the figures are from, where known.")
    per_session = field(
        required(graphene.Boolean), "Whether for one session, else for all of them."
    )
    region = field(graphene.String, "Where the figures are from, where known.")


def _https_url_of(source: catalog.Source) -> str | None:
    """A few public bodies still publish over plain http: the source stands, the link does not."""
    return source.url if source.url and source.url.startswith("https://") else None


class Source(graphene.ObjectType):
    """Where a claim comes from."""

    key = field(required(graphene.String), "The catalog's own short name for it.")
    title = field(required(graphene.String), "Its title.")
    publisher = field(graphene.String, "Who published it.")
    url = field(URL, "Where to read it; null where no https page holds it.", mapped(_https_url_of))
    grade = field(
        required(graphene.String),
        "A regulator, paper or society; B the same through a mirror; C one clinic; D vendor; "
        "K unchecked.",
    )


class ContentBlock(graphene.Interface):
    """A piece of running text. New kinds appear; `text` is always complete."""

    text = field(required(graphene.String), "The whole piece as plain text.")


class Paragraph(ObjectType, interfaces=(ContentBlock,)):
    """A paragraph."""

    markdown = field(required(graphene.String), "The paragraph as sanitized Markdown.")


class Checklist(ObjectType, interfaces=(ContentBlock,)):
    """A list of things to do or to know."""

    title = field(graphene.String, "Heading of the list.")
    items = field(list_of(graphene.String), "The entries, in order.")


class Notice(ObjectType, interfaces=(ContentBlock,)):
    """Something not to be overlooked."""

    severity = field(required(SeverityEnum), "How much it matters.")
    markdown = field(required(graphene.String), "The notice as sanitized Markdown.")


class RedFlag(graphene.ObjectType):
    """A sign after a procedure that calls for help."""

    code = field(required(graphene.String), "Stable name.")
    label = field(required(graphene.String), "What to look out for.")
    action = field(
        required(graphene.String),
        "What to do. Names the emergency number of the reader's country where it matters.",
    )
    severity = field(required(SeverityEnum), "How much it matters.")
    is_emergency = field(required(graphene.Boolean), "Whether to call the emergency number.")
