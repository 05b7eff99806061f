"""The order of evidence, strongest first."""

from collections.abc import Iterable
from typing import Final

from services.contracts.catalog import EvidenceLevel
from services.gateway.snapshot.snapshot import Indicated

_RANK: Final = {level: rank for rank, level in enumerate(EvidenceLevel)}


def rank_of(level: EvidenceLevel) -> int:
    """0 is the strongest; levels are declared from strong to advised against."""
    return _RANK[level]


def by_evidence(indicated: Iterable[Indicated], minimum: EvidenceLevel | None) -> list[Indicated]:
    """Those with at least this evidence, strongest first, else in the order given."""
    weakest = len(_RANK) if minimum is None else _RANK[minimum]
    kept = [each for each in indicated if _RANK[each.indication.evidence] <= weakest]
    return sorted(kept, key=lambda each: _RANK[each.indication.evidence])
