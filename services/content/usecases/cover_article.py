"""Telling how the catalog covers the article it began with, or what is missing."""

from collections.abc import Mapping

from services.content.domain.coverage import CoverageFile, read_coverage
from services.content.domain.faults import problem
from services.contracts.content import Problem


def cover_article(files: Mapping[str, str]) -> CoverageFile | tuple[Problem, ...]:
    """The coverage of a catalog's folder, when it has no gap; else every gap, by line."""
    coverage = read_coverage(files)
    if coverage.file is not None and not coverage.faults:
        return coverage.file
    found = sorted(
        (place.line, told.where, told.what)
        for place, told in (problem(f, coverage.document.places) for f in coverage.faults)
    )
    return tuple(Problem(where=where, what=what) for _, where, what in found)
