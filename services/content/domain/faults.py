"""Faults of the source, and where in it they lie."""

from collections.abc import Iterable, Mapping

import msgspec

from services.contracts.content import Problem

Path = tuple[str | int, ...]
"""Where a value lies in a document: the keys and indexes that lead to it."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a value, and what to do about it, in one sentence."""

    document: str  # path of its file below the catalog's folder
    path: Path
    what: str
    line: int | None = None  # where the path alone cannot say it


class Place(msgspec.Struct, frozen=True, order=True):
    """A line, counted from 1, of a file."""

    file: str
    line: int


Places = Mapping[Path, Place]
"""Where each value of one document was written; a translated value lies in another file."""


def problem(fault: Fault, places: Places) -> tuple[Place, Problem]:
    """Show a fault at its own line, else at the nearest thing around it that has one."""
    if fault.line is not None:
        place = Place(fault.document, fault.line)
        return place, Problem(where=f"{place.file}:{place.line}", what=fault.what)
    path = fault.path
    while path not in places and path:
        path = path[:-1]
    place = places.get(path, Place(fault.document, 1))
    return place, Problem(where=f"{place.file}:{place.line}", what=fault.what)


def problems(found: Iterable[tuple[Places, Fault]]) -> tuple[Problem, ...]:
    """Each once, in the order of files and lines: locales share what they take from the base."""
    shown = (problem(fault, places) for places, fault in found)
    told = {(place.file, place.line, named.where, named.what) for place, named in shown}
    return tuple(Problem(where=where, what=what) for _, _, where, what in sorted(told))
