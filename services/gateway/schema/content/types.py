"""Fields that every entry of the catalog has."""

from typing import Final

import graphene

from services.contracts.catalog import AftercarePlan
from services.gateway.schema import ids
from services.gateway.schema.fields import attribute, field, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import Interface
from services.gateway.schema.releases.types import CatalogRelease
from services.gateway.schema.scalars.places import Locale
from services.gateway.schema.scalars.times import Date
from services.gateway.snapshot.snapshot import LocalizedEntry

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
