"""What every page of the catalog has."""

from typing import Final

import graphene

from services.contracts.catalog import AftercarePlan
from services.gateway.schema import ids
from services.gateway.schema.fields import each, field, must, reads
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import Interface
from services.gateway.schema.releases.types import CatalogRelease
from services.gateway.schema.scalars.places import Locale
from services.gateway.schema.scalars.times import Date
from services.gateway.snapshot.snapshot import LocalizedEntry

_OF_HASH: Final = 16


def page_id(page: LocalizedEntry) -> str:  # type: ignore[type-arg]  # of any entry
    """The public id: entry, locale asked for and, for plans, version.

    With a clinic's own values it has their version too, and what tells them from another clinic's.
    """
    entry, locale = page.entry, page.edition.locale
    kind = type(entry).__name__
    if isinstance(entry, AftercarePlan):
        own = (
            (entry.overlay_version, entry.content_hash[:_OF_HASH]) if entry.overlay_version else ()
        )
        return ids.encode(kind, entry.slug, locale, entry.version, *own)
    return ids.encode(kind, entry.slug, locale)


class Content(Interface, interfaces=(Node,)):
    """Published clinical content. Never changes within a release."""

    id = field(must(graphene.ID), "Opaque; carries the locale asked for.", each(page_id))
    slug = field(
        must(graphene.String), "Its name in URLs, the same in all locales.", reads("entry.slug")
    )
    title = field(must(graphene.String), "What people call it.", reads("entry.title"))
    summary = field(
        must(graphene.String), "What it is, in a few sentences.", reads("entry.summary")
    )
    locale = field(must(Locale), "The locale that was served.", reads("entry.served_locale"))
    is_fallback_locale = field(
        must(graphene.Boolean),
        "Whether another locale was served than the one asked for.",
        reads("is_fallback_locale"),
    )
    reviewed_at = field(
        must(Date), "Last editorial check against the sources.", reads("entry.reviewed_at")
    )
    release = field(
        must(CatalogRelease), "The release that this was read from.", reads("edition.info")
    )
