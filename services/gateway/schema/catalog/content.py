"""What the entries of the catalog have in common: words, arguments, values and fields."""

from typing import Any, Final

import graphene

from services.contracts import catalog
from services.contracts.catalog import (
    AftercarePlan,
    Channel,
    EvidenceLevel,
    Purpose,
    Rarity,
    Severity,
    SkinType,
    Standing,
)
from services.gateway.schema import ids
from services.gateway.schema.catalog.releases import CatalogRelease
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Interface,
    Node,
    ObjectType,
    argument,
    attribute,
    field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.scalars import URL, Date, Locale
from services.gateway.snapshot.snapshot import LocalizedEntry

EvidenceLevelEnum = described(
    EvidenceLevel,
    "How well a claim is supported, strongest first.",
    {
        "STRONG": "Several good studies agree.",
        "MODERATE": "Good studies, but few or not in full agreement.",
        "LIMITED": "Small studies.",
        "VERY_LIMITED": "Case reports or expert opinion.",
        "NOT_ADVISED": "The evidence is against it.",
    },
)
StandingEnum = described(
    Standing,
    "Whether something is advisable.",
    {
        "YES": "There is no known reason against it.",
        "WITH_CARE": "Possible with precautions.",
        "ASK_CLINICIAN": "A clinician must decide.",
        "NO": "Not advisable.",
    },
)
SeverityEnum = described(
    Severity,
    "How important a notice is.",
    {
        "INFO": "Good to know.",
        "CAUTION": "Important to know.",
        "URGENT": "It needs action now.",
    },
)
SkinTypeEnum = described(
    SkinType,
    "Fitzpatrick skin type.",
    {
        "I": "Always burns, never tans.",
        "II": "Usually burns, tans little.",
        "III": "Sometimes burns, tans gradually.",
        "IV": "Rarely burns, tans well.",
        "V": "Very rarely burns, tans deeply.",
        "VI": "Never burns, deeply pigmented.",
    },
)
RarityEnum = described(
    Rarity,
    "How often a side effect occurs.",
    {
        "EXPECTED": "Most people have it.",
        "LESS_COMMON": "Some people have it.",
        "RARE_SERIOUS": "Rare, but serious.",
    },
)
PurposeEnum = described(
    Purpose,
    "The purpose of a message or of a consent.",
    {
        "CARE": "Care before and after a procedure.",
        "MARKETING": "Offers to return to the clinic.",
    },
)
ChannelEnum = described(
    Channel,
    "The medium of a message.",
    {
        "SMS": "Text message.",
        "EMAIL": "Email.",
        "OTHER": "A medium that this schema does not define yet.",
    },
)


def slug_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(required(graphene.String), "Its name in URLs.")


def locale_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(
        Locale, "The requested locale. Content without a translation is served in the base locale."
    )


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


_OF_HASH: Final = 16


def entry_id(localized: LocalizedEntry) -> str:  # type: ignore[type-arg]  # of any entry
    """Return the public id: entry, requested locale and, for plans, version.

    With a clinic's own values it also has their version and a part of the content hash, which
    differs from clinic to clinic.
    """
    entry, locale = localized.entry, localized.edition.locale
    kind = type(entry).__name__
    if isinstance(entry, AftercarePlan):
        own = (
            (entry.overlay_version, entry.content_hash[:_OF_HASH]) if entry.overlay_version else ()
        )
        return ids.encode(kind, entry.slug, locale, entry.version, *own)
    return ids.encode(kind, entry.slug, locale)


class Content(Interface, interfaces=(Node,)):
    """Published clinical content. Never changes within a release."""

    id = field(required(graphene.ID), "Opaque; includes the requested locale.", mapped(entry_id))
    slug = field(
        required(graphene.String),
        "Its name in URLs, the same in all locales.",
        attribute("entry.slug"),
    )
    title = field(required(graphene.String), "Its common name.", attribute("entry.title"))
    summary = field(
        required(graphene.String), "A description in a few sentences.", attribute("entry.summary")
    )
    locale = field(
        required(Locale), "The locale that was served.", attribute("entry.served_locale")
    )
    is_fallback_locale = field(
        required(graphene.Boolean),
        "Whether the served locale differs from the requested one.",
        attribute("is_fallback_locale"),
    )
    reviewed_at = field(
        required(Date),
        "The last editorial review against the sources.",
        attribute("entry.reviewed_at"),
    )
    release = field(
        required(CatalogRelease),
        "The release that this entry comes from.",
        attribute("edition.info"),
    )
