"""Checking a catalog's source: everything wrong with it at once, or what can be published."""

from collections.abc import Mapping
from datetime import date

import msgspec

from services.content.domain.compiling import catalog_hash, compile_catalogs
from services.content.domain.faults import Fault, Places, problems
from services.content.domain.reading import BASE_LOCALE, Reading, read_folder
from services.content.domain.rules.all_rules import broken_rules
from services.contracts.catalog import LocalizedCatalog
from services.contracts.content import Problem


class Checked(msgspec.Struct, frozen=True):
    """A source without a fault, compiled; `content_hash` is the same for the same content.

    `plan_places` says by slug where each plan's version is written, as file:line.
    """

    catalogs: dict[str, LocalizedCatalog]
    content_hash: str
    plan_places: dict[str, str]


def check(files: Mapping[str, str], *, today: date | None) -> Checked | tuple[Problem, ...]:
    """Check the files, given by path below the catalog's folder.

    With `today`, a page whose review is overdue is a problem as well. Problems are in the order
    of files and lines.
    """
    readings = read_folder(files)
    found = [(_places(reading, fault), fault) for reading, fault in broken_rules(readings, today)]
    if found:
        return problems(found)
    catalogs = {locale: reading.catalog for locale, reading in readings.items() if reading.catalog}
    compiled = compile_catalogs(catalogs)
    return Checked(compiled, catalog_hash(compiled), _plan_places(readings[BASE_LOCALE]))


def _plan_places(reading: Reading) -> dict[str, str]:
    places = {}
    for slug in reading.catalog.plans if reading.catalog else ():
        place = reading.documents[f"plans/{slug}.yaml"].places[("version",)]
        places[slug] = f"{place.file}:{place.line}"
    return places


def _places(reading: Reading, fault: Fault) -> Places:
    document = reading.documents.get(fault.document)
    return document.places if document else {}
