"""Compiles sources into what is published: keys become the things that they name."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from services.content.domain.blocks import blocks, messages_by_channel
from services.content.domain.check_ins import question
from services.content.domain.digest import digest
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import (
    DeviceSource,
    Page,
    PlanSource,
    PlanStepSource,
    ProcedureSource,
    ProfileSource,
    SourceCatalog,
)
from services.content.domain.written import Written
from services.contracts.catalog import (
    AftercarePlan,
    AftercareStep,
    Benefit,
    Combination,
    Concern,
    Contraindication,
    ContraindicationTerm,
    CountRange,
    DayRange,
    DecimalRange,
    Device,
    Entry,
    Indication,
    LocalizedCatalog,
    MoneyRange,
    Procedure,
    ProcedureProfile,
    ProcedureStep,
    Question,
    RedFlag,
    SideEffect,
    SkinTypeSuitability,
    Source,
    Term,
    Verdict,
)

T = TypeVar("T", bound=msgspec.Struct)
P = TypeVar("P", bound=Entry)


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


def catalog_hash(catalogs: Mapping[str, LocalizedCatalog], rules_hash: str) -> str:
    """Hash the content with the rules for reading replies.

    The time and place of publishing do not change the hash.
    """
    return digest([{locale: catalogs[locale] for locale in sorted(catalogs)}, rules_hash])


def plans_by_locale(
    catalogs: Mapping[str, LocalizedCatalog],
) -> dict[str, dict[str, AftercarePlan]]:
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
    return digest(content)


class _Lookups:
    def __init__(self, catalog: SourceCatalog) -> None:
        self._catalog = catalog
        self._flags = {
            code: self.published(flag, RedFlag, code=code)
            for code, flag in catalog.red_flags.items()
        }

    def published(self, written: Written, kind: type[T], **others: object) -> T:
        """Build a published value from the fields that both types have, and from the others.

        The keys of sources become the sources.
        """
        names = [name for name in kind.__struct_fields__ if hasattr(written, name)]
        values = {name: getattr(written, name) for name in names} | others
        if "sources" in names and "sources" not in others:
            values["sources"] = self.sources(values["sources"])
        return kind(**values)

    def page(self, folder: str, slug: str, page: Page, kind: type[P], **others: object) -> P:
        """Build a page. Its locale is the base locale if the page is not translated."""
        is_translated = f"{folder}/{slug}.yaml" in self._catalog.translated
        locale = self._catalog.locale if is_translated else BASE_LOCALE
        return self.published(page, kind, slug=slug, served_locale=locale, **others)

    def sources(self, keys: Iterable[str]) -> tuple[Source, ...]:
        return tuple(self.published(self._catalog.sources[key], Source, key=key) for key in keys)

    def red_flags(self, codes: Iterable[str]) -> tuple[RedFlag, ...]:
        return tuple(self._flags[code] for code in codes)

    def contraindication(self, code: str) -> str:
        return self._catalog.contraindications[code].label


def _compile(source: SourceCatalog) -> LocalizedCatalog:
    lookups = _Lookups(source)
    return LocalizedCatalog(
        locale=source.locale,
        procedures=_by_title(
            _procedure(slug, procedure, lookups) for slug, procedure in source.procedures.items()
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


def _plan(slug: str, plan: PlanSource, source: SourceCatalog, lookups: _Lookups) -> AftercarePlan:
    return lookups.page(
        "plans",
        slug,
        plan,
        AftercarePlan,
        content_hash="",  # known once every locale is compiled
        steps=tuple(_plan_step(plan, step, source, lookups) for step in plan.steps),
        read_within=plan.read_within,
        acute_for=plan.acute_for,
    )


def _plan_step(
    plan: PlanSource, step: PlanStepSource, source: SourceCatalog, lookups: _Lookups
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


def _procedure(slug: str, procedure: ProcedureSource, lookups: _Lookups) -> Procedure:
    published = lookups.published
    return lookups.page(
        "procedures",
        slug,
        procedure,
        Procedure,
        mechanism=blocks(procedure.mechanism.body),
        devices=tuple(
            published(device, Device, depth_millimeters=_depth(device))
            for device in procedure.devices
        ),
        steps=tuple(
            ProcedureStep(order=order, title=step.title, body=blocks(step.body))
            for order, step in enumerate(procedure.steps, start=1)
        ),
        benefits=tuple(published(benefit, Benefit) for benefit in procedure.benefits),
        treats=tuple(published(indication, Indication) for indication in procedure.treats),
        side_effects=tuple(
            published(effect, SideEffect, duration=_range(effect.duration_days, DayRange, lookups))
            for effect in procedure.side_effects
        ),
        contraindications=tuple(
            published(against, Contraindication, label=lookups.contraindication(against.code))
            for against in procedure.contraindications
        ),
        red_flags=lookups.red_flags(procedure.red_flags),
        suitability=_suitability(procedure),
        profile=_profile(procedure.profile, lookups),
        combinations=tuple(published(entry, Combination) for entry in procedure.combinations),
        faq=tuple(Question(question=q.question, answer=blocks(q.answer)) for q in procedure.faq),
        sources=lookups.sources(sorted(set(_keys_in(msgspec.to_builtins(procedure))))),
    )


def _profile(profile: ProfileSource, lookups: _Lookups) -> ProcedureProfile:
    days = {
        name: _range(getattr(profile, name), DayRange, lookups)
        for name in ("downtime", "redness", "interval_days", "results_after", "results_last")
    }
    counts = {
        name: _range(getattr(profile, name), CountRange, lookups)
        for name in ("session_minutes", "sessions")
    }
    return lookups.published(
        profile,
        ProcedureProfile,
        invasiveness=profile.invasiveness.value,
        discomfort=_range(profile.discomfort, DecimalRange, lookups),
        anesthesia=profile.anesthesia.text if profile.anesthesia else None,
        performed_by=profile.performed_by.text,
        cost=tuple(lookups.published(cost, MoneyRange) for cost in profile.cost),
        sources={
            name: lookups.sources(dict.fromkeys(_keys_in(value)))
            for name, value in msgspec.to_builtins(profile).items()
            if value
        },
        **days,
        **counts,
    )


def _keys_in(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name == "sources" else _keys_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _keys_in(inner)


def _suitability(procedure: ProcedureSource) -> tuple[SkinTypeSuitability, ...]:
    return tuple(
        SkinTypeSuitability(skin_type=kind, standing=entry.standing, note=entry.note)
        for entry in procedure.suitability
        for kind in entry.skin_types
    )


def _range(figures: Written | None, kind: type[T], lookups: _Lookups) -> T | None:
    return None if figures is None else lookups.published(figures, kind)


def _depth(device: DeviceSource) -> DecimalRange | None:
    least, most = device.min_depth_millimeters, device.max_depth_millimeters
    return None if least is None and most is None else DecimalRange(min=least, max=most)
