"""Faults of the source, and where they are."""

from collections.abc import Iterable, Mapping

import msgspec

from services.contracts.content import Problem

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value in a document."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a value, and what to do about it, in one sentence."""

    document: str  # the path of the file in the catalog's folder
    path: Path
    message: str
    line: int | None = None  # if the path is not enough


class Place(msgspec.Struct, frozen=True, order=True):
    """A line of a file, counted from 1."""

    file: str
    line: int


Places = Mapping[Path, Place]
"""Where each value of a document is written. A translated value is in another file."""


def problem(fault: Fault, places: Places) -> tuple[Place, Problem]:
    """Place a fault at its own line, or at that of the nearest value around it."""
    if fault.line is not None:
        place = Place(fault.document, fault.line)
        return place, Problem(where=f"{place.file}:{place.line}", what=fault.message)
    path = fault.path
    while path not in places and path:
        path = path[:-1]
    place = places.get(path, Place(fault.document, 1))
    return place, Problem(where=f"{place.file}:{place.line}", what=fault.message)


def problems(faults: Iterable[tuple[Places, Fault]]) -> tuple[Problem, ...]:
    """List each problem once, by file and line. Locales may share faults of the base."""
    placed = (problem(fault, places) for places, fault in faults)
    rows = {(place.file, place.line, shown.where, shown.what) for place, shown in placed}
    return tuple(Problem(where=where, what=message) for _, _, where, message in sorted(rows))
