"""Checking a catalog's source: the result is every problem, or a release to publish."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from services.content.domain.compiling import catalog_hash, compile_catalogs
from services.content.domain.faults import Fault, problems
from services.content.domain.reading import BASE_LOCALE, Reading, read_folder
from services.content.domain.rules.all_rules import broken_rules
from services.contracts.catalog import LocalizedCatalog, Release, ReleaseInfo
from services.contracts.content import Problem


class Checked(msgspec.Struct, frozen=True):
    """A compiled source without a fault. The same content has the same `content_hash`.

    `plan_places` has the place (file:line) of each plan's version, by slug.
    """

    catalogs: dict[str, LocalizedCatalog]
    content_hash: str
    plan_places: dict[str, str]


def check(files: Mapping[str, str], *, today: date | None) -> Checked | tuple[Problem, ...]:
    """Check the files, given by path in the catalog's folder.

    With `today`, an overdue review is a problem as well. Problems are in the order of files and
    lines.
    """
    readings = read_folder(files)
    if problem_list := _problems(readings, today):
        return problem_list
    catalogs = {locale: reading.catalog for locale, reading in readings.items()}
    compiled = compile_catalogs(catalogs)
    return Checked(compiled, catalog_hash(compiled), _plan_places(readings[BASE_LOCALE]))


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


def _problems(readings: Mapping[str, Reading], today: date | None) -> tuple[Problem, ...]:
    """List each problem once. A fault of the base is not repeated for a locale that inherits it."""
    faults = []
    seen = set[Fault]()
    for reading, fault in broken_rules(readings, today):
        document = reading.documents.get(fault.document)
        if fault in seen and document and fault.path not in document.scalars:
            continue
        seen.add(fault)
        faults.append((document.places if document else {}, fault))
    return problems(faults)
