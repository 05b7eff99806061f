"""Checking a catalog's source: the result is every problem, or a release to publish."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import msgspec

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.domain.compiling import catalog_hash, compile_catalogs
from services.content.domain.faults import Fault, Places, problems
from services.content.domain.reading import BASE_LOCALE, Reading, read_folder
from services.content.domain.rules.all_rules import broken_rules
from services.content.usecases.check_reading_rules import check_reading_rules
from services.contracts.catalog import LocalizedCatalog, Release, ReleaseInfo
from services.contracts.content import Problem


class Checked(msgspec.Struct, frozen=True):
    """A compiled source without a fault. The same content has the same `content_hash`.

    The rules for reading replies are part of the content, and have a hash of their own.
    `plan_places` has the place (file:line) of each plan's version, by slug.
    """

    catalogs: dict[str, LocalizedCatalog]
    reading_rules: CompiledRules
    content_hash: str
    plan_places: dict[str, str]


def check(files: Mapping[str, str], *, today: date | None) -> Checked | tuple[Problem, ...]:
    """Check the files, given by path in the catalog's folder.

    With `today`, an overdue review is a problem as well. Problems are in the order of files and
    lines.
    """
    readings = read_folder(files)
    faults = _faults(readings, today)
    rules = check_reading_rules(files, _red_flags(readings[BASE_LOCALE]))
    if not isinstance(rules, CompiledRules):
        faults.extend(rules)
    if faults or not isinstance(rules, CompiledRules):
        return problems(faults)
    catalogs = {locale: reading.catalog for locale, reading in readings.items()}
    compiled = compile_catalogs(catalogs)
    return Checked(
        catalogs=compiled,
        reading_rules=rules,
        content_hash=catalog_hash(compiled, rules.content_hash),
        plan_places=_plan_places(readings[BASE_LOCALE]),
    )


def _red_flags(reading: Reading) -> Collection[str] | None:
    """Return the codes of red flags, or None if their file could not be read."""
    catalog = reading.catalog
    return None if "red-flags.yaml" in catalog.unread else catalog.red_flags.keys()


def build_release(checked: Checked, published_at: datetime) -> Release:
    """Build a release. Versions sort by the time of publishing."""
    version = f"{published_at:%Y%m%dT%H%M%S.%fZ}-{checked.content_hash[:8]}"
    return Release(
        info=ReleaseInfo(
            version=version, published_at=published_at, content_hash=checked.content_hash
        ),
        base_locale=BASE_LOCALE,
        catalogs=checked.catalogs,
    )


def _plan_places(reading: Reading) -> dict[str, str]:
    places = {}
    for slug in reading.catalog.plans:
        place = reading.documents[f"plans/{slug}.yaml"].places[("version",)]
        places[slug] = f"{place.file}:{place.line}"
    return places


def _faults(readings: Mapping[str, Reading], today: date | None) -> list[tuple[Places, Fault]]:
    """List each fault once. A fault of the base is not repeated for a locale that inherits it."""
    faults: list[tuple[Places, Fault]] = []
    seen = set[Fault]()
    for reading, fault in broken_rules(readings, today):
        document = reading.documents.get(fault.document)
        if fault in seen and document and fault.path not in document.scalars:
            continue
        seen.add(fault)
        faults.append((document.places if document else {}, fault))
    return faults
