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


def problems(faults: Iterable[tuple[Places, Fault]]) -> tuple[Problem, ...]:
    """List each problem once, by file and line. Locales may share faults of the base."""
    rows = {(_place(fault, places), fault.message) for places, fault in faults}
    return tuple(
        Problem(where=f"{place.file}:{place.line}", what=message) for place, message in sorted(rows)
    )


def _place(fault: Fault, places: Places) -> Place:
    """Place a fault at its own line, or at that of the nearest value around it."""
    if fault.line is not None:
        return Place(fault.document, fault.line)
    path = fault.path
    while path not in places and path:
        path = path[:-1]
    return places.get(path, Place(fault.document, 1))
