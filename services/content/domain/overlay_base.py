"""A release that clinics' own values can be applied to."""

from collections.abc import Mapping

import msgspec

from services.content.domain.compiling import plans_by_locale
from services.content.domain.reading import BASE_LOCALE, read_folder
from services.content.domain.rules.all_rules import revealing_terms
from services.content.domain.source import SourceCatalog
from services.contracts.catalog import AftercarePlan, Release


class OverlayBase(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of a release, by slug and locale, with their source.

    `fault` says why no values can be applied to the release; there is no source then.
    """

    plans: dict[str, dict[str, AftercarePlan]]
    files: Mapping[str, str] = {}
    catalogs: dict[str, SourceCatalog] = {}
    documents: tuple[str, ...] = ()
    revealing_terms: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    fault: str | None = None


def read_overlay_base(release: Release, files: Mapping[str, str] | None) -> OverlayBase:
    """Read the source of a release. A large catalog takes about a second."""
    plans = plans_by_locale(release.catalogs)
    if files is None:
        fault = "the current release was made before its source was kept; publish the catalog again"
        return OverlayBase(plans=plans, fault=fault)
    readings = read_folder(files)
    catalogs = {tag: reading.catalog for tag, reading in readings.items()}
    if any(reading.faults for reading in readings.values()):
        fault = "the current release was made by rules that have changed; publish the catalog again"
        return OverlayBase(plans=plans, fault=fault)
    return OverlayBase(
        plans=plans,
        files=files,
        catalogs=catalogs,
        documents=tuple(readings[BASE_LOCALE].documents),
        revealing_terms=revealing_terms(list(catalogs.values())),
    )
