"""Compiles sources into what is published: keys become the things that they name."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from services.content.domain.blocks import blocks, messages_by_channel
from services.content.domain.check_ins import question
from services.content.domain.compile_lookups import Lookups, P
from services.content.domain.compile_procedure import compile_procedure
from services.content.domain.source import PlanSource, PlanStepSource, SourceCatalog
from services.contracts.catalog import (
    AftercarePlan,
    AftercareStep,
    Concern,
    ContraindicationTerm,
    LocalizedCatalog,
    Term,
    Verdict,
)


def compile_catalogs(catalogs: Mapping[str, SourceCatalog]) -> dict[str, LocalizedCatalog]:
    """Compile sources without a fault into catalogs that can be published, by locale."""
    localized = {locale: _compile(catalog) for locale, catalog in catalogs.items()}
    hashes = {slug: plan_hash(by_locale) for slug, by_locale in plans_by_locale(localized).items()}
    return {
        locale: msgspec.structs.replace(
            catalog,
            plans=tuple(
                msgspec.structs.replace(plan, content_hash=hashes[plan.slug])
                for plan in catalog.plans
            ),
        )
        for locale, catalog in localized.items()
    }


def catalog_hash(catalogs: Mapping[str, LocalizedCatalog]) -> str:
    """Hash the content. The time and place of publishing do not change the hash."""
    return _digest({locale: catalogs[locale] for locale in sorted(catalogs)})


def plans_by_locale(
    catalogs: Mapping[str, LocalizedCatalog],
) -> dict[str, dict[str, AftercarePlan]]:
    """Return each plan by slug and then by locale."""
    plans: dict[str, dict[str, AftercarePlan]] = {}
    for locale, catalog in catalogs.items():
        for plan in catalog.plans:
            plans.setdefault(plan.slug, {})[locale] = plan
    return plans


def plan_hash(by_locale: Mapping[str, AftercarePlan]) -> str:
    """Hash the texts and times of a plan in every locale.

    Review dates do not count, nor does the version of a clinic's own values: the same texts need
    only one sign-off.
    """
    content = {}
    for locale in sorted(by_locale):
        plan = msgspec.structs.replace(by_locale[locale], content_hash="", overlay_version=0)
        content[locale] = msgspec.to_builtins(plan)
        del content[locale]["reviewed_at"]
    return _digest(content)


def _digest(value: object) -> str:
    encoded = msgspec.json.encode(value, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


def _compile(source: SourceCatalog) -> LocalizedCatalog:
    lookups = Lookups(source)
    return LocalizedCatalog(
        locale=source.locale,
        procedures=_by_title(
            compile_procedure(slug, procedure, lookups)
            for slug, procedure in source.procedures.items()
        ),
        concerns=_by_title(
            lookups.page("concerns", slug, concern, Concern)
            for slug, concern in source.concerns.items()
        ),
        plans=_by_title(_plan(slug, plan, source, lookups) for slug, plan in source.plans.items()),
        verdicts=tuple(
            lookups.published(verdict, Verdict) for verdict in source.comparison.verdicts
        ),
        guidance=source.comparison.guidance,
        contraindications=tuple(
            lookups.published(entry, ContraindicationTerm, code=code)
            for code, entry in sorted(source.contraindications.items())
        ),
        glossary=tuple(
            lookups.published(entry, Term)
            for entry in sorted(source.glossary, key=lambda entry: entry.term.casefold())
        ),
    )


def _plan(slug: str, plan: PlanSource, source: SourceCatalog, lookups: Lookups) -> AftercarePlan:
    return lookups.page(
        "plans",
        slug,
        plan,
        AftercarePlan,
        content_hash="",  # known once every locale is compiled
        steps=tuple(_plan_step(plan, step, source, lookups) for step in plan.steps),
    )


def _plan_step(
    plan: PlanSource, step: PlanStepSource, source: SourceCatalog, lookups: Lookups
) -> AftercareStep:
    messages = messages_by_channel(step.messages)
    return lookups.published(
        step,
        AftercareStep,
        body=blocks(step.body),
        channels=tuple(messages),
        messages=messages,
        seek_help_if=lookups.red_flags(step.seek_help_if),
        check_in=question(source, plan, step.check_in) if step.check_in else None,
    )


def _by_title(pages: Iterable[P]) -> tuple[P, ...]:
    return tuple(sorted(pages, key=lambda page: (page.title.casefold(), page.slug)))
