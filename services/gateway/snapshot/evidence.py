"""Orders indications by evidence, strongest first."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Final

from services.contracts.catalog import EvidenceLevel
from services.gateway.snapshot.snapshot import LocalizedIndication

_RANK: Final = {level: rank for rank, level in enumerate(EvidenceLevel)}


def rank_of(level: EvidenceLevel) -> int:
    """Return 0 for the strongest level, which EvidenceLevel declares first."""
    return _RANK[level]


def by_evidence(
    indications: Iterable[LocalizedIndication], minimum: EvidenceLevel | None
) -> list[LocalizedIndication]:
    """Return the indications with at least this evidence, strongest first.

    Indications of equal evidence keep their order.
    """
    weakest = len(_RANK) if minimum is None else _RANK[minimum]
    ranked = [
        (rank, localized)
        for localized in indications
        if (rank := _RANK[localized.indication.evidence]) <= weakest
    ]
    return [localized for _, localized in sorted(ranked, key=itemgetter(0))]
