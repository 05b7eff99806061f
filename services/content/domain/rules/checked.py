"""The input of every rule."""

from collections.abc import Iterator, Mapping

import msgspec

from services.content.domain.faults import Fault, Path
from services.content.domain.messages import MessageText, message_texts
from services.content.domain.nodes import Document
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import (
    PlanSource,
    PlanStepSource,
    ProcedureSource,
    SourceCatalog,
)


class Locale(msgspec.Struct, frozen=True):
    """One locale under check.

    Its catalog holds the documents of the right shape. `slugs` also lists the others.
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
        """Yield the plans that are translated, with the paths of their files."""
        for slug, plan in self.catalog.plans.items():
            if self._has_own(name := f"plans/{slug}.yaml"):
                yield name, plan

    def steps(self) -> Iterator[tuple[str, Path, PlanStepSource]]:
        """Yield the steps of these plans, with the files and their paths in them."""
        for name, plan in self.plans():
            for number, step in enumerate(plan.steps):
                yield name, ("steps", number), step

    def messages(self) -> Iterator[tuple[str, MessageText]]:
        return ((name, message) for name, plan in self.plans() for message in message_texts(plan))

    def procedures(self) -> Iterator[tuple[str, ProcedureSource]]:
        """Yield the procedures that are translated, with the paths of their files."""
        for slug, procedure in self.catalog.procedures.items():
            if self._has_own(name := f"procedures/{slug}.yaml"):
                yield name, procedure

    def has(self, name: str) -> bool:
        """Whether this shared file could be parsed."""
        return name not in self.catalog.unread

    def _has_own(self, name: str) -> bool:
        return self.catalog.locale == BASE_LOCALE or name in self.catalog.translated


Faults = Iterator[Fault]
