"""Checking that the catalog covers the article that it began with."""

from collections.abc import Mapping

from services.content.domain.coverage import CoverageFile, read_coverage
from services.content.domain.faults import problems
from services.contracts.content import Problem


def cover_article(files: Mapping[str, str]) -> CoverageFile | tuple[Problem, ...]:
    """Return the coverage of a catalog's folder, or every gap by line."""
    coverage = read_coverage(files)
    if coverage.file is not None and not coverage.faults:
        return coverage.file
    return problems((coverage.document.places, fault) for fault in coverage.faults)
