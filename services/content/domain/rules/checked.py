"""What every rule is given."""

from collections.abc import Iterator, Mapping

import msgspec

from services.content.domain.faults import Fault
from services.content.domain.nodes import Document
from services.content.domain.source import PlanSource, ProcedureSource, SourceCatalog


class Locale(msgspec.Struct, frozen=True):
    """One locale under check.

    Its catalog holds the documents without a fault of shape; `slugs` names also those with one.
    """

    catalog: SourceCatalog
    documents: Mapping[str, Document]
    names_in_any_locale: frozenset[str]  # titles and aliases of procedures and concerns
    revealing_in_any_locale: frozenset[str]

    def slugs(self, folder: str) -> list[str]:
        return [
            name.removeprefix(f"{folder}/").removesuffix(".yaml")
            for name in self.documents
            if name.startswith(f"{folder}/")
        ]

    def plans(self) -> Iterator[tuple[str, PlanSource]]:
        """With the path of each one's file."""
        for slug, plan in self.catalog.plans.items():
            yield f"plans/{slug}.yaml", plan

    def procedures(self) -> Iterator[tuple[str, ProcedureSource]]:
        for slug, procedure in self.catalog.procedures.items():
            yield f"procedures/{slug}.yaml", procedure


Faults = Iterator[Fault]
