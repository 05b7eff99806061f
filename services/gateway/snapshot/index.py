"""References between the entries of a catalog, by slug. All editions of a catalog share them."""

from collections.abc import Iterable
from typing import Final, TypeVar

from services.contracts.catalog import Indication, LocalizedCatalog

K = TypeVar("K")
V = TypeVar("V")


class CatalogIndex:
    """Lists are in title order of what they name; slugs that no entry has are left out."""

    def __init__(self, catalog: LocalizedCatalog) -> None:
        procedures = catalog.procedures
        self.variants: Final = _grouped((p.parent, p.slug) for p in procedures if p.parent)
        self.plans: Final = _grouped(
            (slug, plan.slug) for plan in catalog.plans for slug in plan.procedures
        )
        position = {concern.slug: number for number, concern in enumerate(catalog.concerns)}
        self.treats: Final = {
            procedure.slug: tuple(_in_order(procedure.treats, position)) for procedure in procedures
        }
        self.treated_by: Final = _grouped(
            (indication.concern, (procedure.slug, indication))
            for procedure in procedures
            for indication in self.treats[procedure.slug]
        )


def _in_order(indications: Iterable[Indication], position: dict[str, int]) -> list[Indication]:
    existing = (indication for indication in indications if indication.concern in position)
    return sorted(existing, key=lambda indication: position[indication.concern])


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
