"""From what authors wrote to what is published: keys become the things they name."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from services.content.domain.blocks import blocks, messages_by_channel
from services.content.domain.check_ins import question
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.source import (
    ConcernSource,
    Counts,
    Figures,
    PlanSource,
    PlanStepSource,
    ProcedureSource,
    ProfileSource,
    SourceCatalog,
)
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


def compile_catalogs(catalogs: Mapping[str, SourceCatalog]) -> dict[str, LocalizedCatalog]:
    """Publishable catalogs by locale, from sources in which no fault was found."""
    localized = {locale: _Compiler(catalog).catalog() for locale, catalog in catalogs.items()}
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
    """The same for the same content, whenever and wherever it is published."""
    return _digest({locale: catalogs[locale] for locale in sorted(catalogs)})


def plans_by_locale(
    catalogs: Mapping[str, LocalizedCatalog],
) -> dict[str, dict[str, AftercarePlan]]:
    """Each plan, by slug and then by locale."""
    plans: dict[str, dict[str, AftercarePlan]] = {}
    for locale, catalog in catalogs.items():
        for plan in catalog.plans:
            plans.setdefault(plan.slug, {})[locale] = plan
    return plans


def plan_hash(by_locale: Mapping[str, AftercarePlan]) -> str:
    """What a plan says, in every locale; the dates of its reviews are not part of that.

    Nor is the number of a clinic's own values: the same words are signed off once.
    """
    said = {}
    for locale in sorted(by_locale):
        plan = msgspec.structs.replace(by_locale[locale], content_hash="", overlay_version=0)
        said[locale] = msgspec.to_builtins(plan)
        del said[locale]["reviewed_at"]
    return _digest(said)


def _digest(value: object) -> str:
    encoded = msgspec.json.encode(value, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


class _Compiler:
    """Compiles one locale's catalog."""

    def __init__(self, source: SourceCatalog) -> None:
        self._source = source
        self._flags = {
            code: RedFlag(
                code=code,
                label=flag.label,
                action=flag.action,
                severity=flag.severity,
                is_emergency=flag.is_emergency,
            )
            for code, flag in source.red_flags.items()
        }

    def catalog(self) -> LocalizedCatalog:
        source = self._source
        return LocalizedCatalog(
            locale=source.locale,
            procedures=_by_title(self._procedure(s, p) for s, p in source.procedures.items()),
            concerns=_by_title(self._concern(s, c) for s, c in source.concerns.items()),
            plans=_by_title(self._plan(s, p) for s, p in source.plans.items()),
            verdicts=tuple(
                Verdict(procedures=v.procedures, text=v.text, sources=self._cited(v.sources))
                for v in source.comparison.verdicts
            ),
            guidance=source.comparison.guidance,
            contraindications=tuple(
                ContraindicationTerm(code=code, label=entry.label, question=entry.question)
                for code, entry in sorted(source.contraindications.items())
            ),
            glossary=tuple(
                Term(term=entry.term, definition=entry.definition)
                for entry in sorted(source.glossary, key=lambda entry: entry.term.casefold())
            ),
        )

    def _served(self, document: str) -> str:
        own = self._source.locale
        return own if own == BASE_LOCALE or document in self._source.translated else BASE_LOCALE

    def _cited(self, keys: Iterable[str]) -> tuple[Source, ...]:
        cited = []
        for key in keys:
            entry = self._source.sources[key]
            cited.append(
                Source(
                    key=key,
                    title=entry.title,
                    publisher=entry.publisher,
                    url=entry.url,
                    grade=entry.grade,
                )
            )
        return tuple(cited)

    def _raised(self, codes: Iterable[str]) -> tuple[RedFlag, ...]:
        return tuple(self._flags[code] for code in codes)

    def _concern(self, slug: str, concern: ConcernSource) -> Concern:
        return Concern(
            slug=slug,
            title=concern.title,
            summary=concern.summary,
            served_locale=self._served(f"concerns/{slug}.yaml"),
            reviewed_at=concern.reviewed_at,
            aliases=concern.aliases,
        )

    def _procedure(self, slug: str, procedure: ProcedureSource) -> Procedure:
        return Procedure(
            slug=slug,
            title=procedure.title,
            summary=procedure.summary,
            served_locale=self._served(f"procedures/{slug}.yaml"),
            reviewed_at=procedure.reviewed_at,
            family=procedure.family,
            parent=procedure.parent,
            aliases=procedure.aliases,
            misspellings=procedure.misspellings,
            mechanism=blocks(procedure.mechanism.body),
            devices=self._devices(procedure),
            steps=tuple(
                ProcedureStep(order=order, title=step.title, body=blocks(step.body))
                for order, step in enumerate(procedure.steps, start=1)
            ),
            benefits=self._benefits(procedure),
            treats=self._indications(procedure),
            side_effects=self._side_effects(procedure),
            contraindications=self._contraindications(procedure),
            red_flags=self._raised(procedure.red_flags),
            suitability=_suitability(procedure),
            profile=self._profile(procedure.profile),
            combinations=self._combinations(procedure),
            faq=tuple(
                Question(question=q.question, answer=blocks(q.answer)) for q in procedure.faq
            ),
            sources=self._cited(sorted(set(_keys_in(msgspec.to_builtins(procedure))))),
        )

    def _devices(self, procedure: ProcedureSource) -> tuple[Device, ...]:
        return tuple(
            Device(
                slug=device.slug,
                name=device.name,
                description=device.description,
                depth_millimeters=_depth(
                    device.min_depth_millimeters, device.max_depth_millimeters
                ),
                adjustable_depth=device.adjustable_depth,
                sources=self._cited(device.sources),
            )
            for device in procedure.devices
        )

    def _benefits(self, procedure: ProcedureSource) -> tuple[Benefit, ...]:
        return tuple(
            Benefit(
                name=benefit.name,
                description=benefit.description,
                evidence=benefit.evidence,
                sources=self._cited(benefit.sources),
            )
            for benefit in procedure.benefits
        )

    def _indications(self, procedure: ProcedureSource) -> tuple[Indication, ...]:
        return tuple(
            Indication(
                concern=indication.concern,
                evidence=indication.evidence,
                note=indication.note,
                sources=self._cited(indication.sources),
            )
            for indication in procedure.treats
        )

    def _side_effects(self, procedure: ProcedureSource) -> tuple[SideEffect, ...]:
        return tuple(
            SideEffect(
                name=effect.name,
                description=effect.description,
                rarity=effect.rarity,
                duration=DayRange(**msgspec.structs.asdict(effect.duration_days))
                if effect.duration_days
                else None,
                sources=self._cited(effect.sources),
            )
            for effect in procedure.side_effects
        )

    def _contraindications(self, procedure: ProcedureSource) -> tuple[Contraindication, ...]:
        return tuple(
            Contraindication(
                code=against.code,
                label=self._source.contraindications[against.code].label,
                standing=against.standing,
                sources=self._cited(against.sources),
            )
            for against in procedure.contraindications
        )

    def _combinations(self, procedure: ProcedureSource) -> tuple[Combination, ...]:
        return tuple(
            Combination(
                partner=combination.partner,
                description=combination.description,
                evidence=combination.evidence,
                cautions=combination.cautions,
                sources=self._cited(combination.sources),
            )
            for combination in procedure.combinations
        )

    def _profile(self, profile: ProfileSource) -> ProcedureProfile:
        return ProcedureProfile(
            invasiveness=profile.invasiveness.value,
            discomfort=_decimals(profile.discomfort),
            downtime=_days(profile.downtime) or DayRange(),
            redness=_days(profile.redness),
            session_minutes=_counts(profile.session_minutes),
            sessions=_counts(profile.sessions),
            interval_days=_days(profile.interval_days),
            results_after=_days(profile.results_after),
            results_last=_days(profile.results_last),
            anesthesia=profile.anesthesia.text if profile.anesthesia else None,
            performed_by=profile.performed_by.text,
            cost=tuple(
                MoneyRange(
                    min=cost.min,
                    max=cost.max,
                    currency=cost.currency,
                    year=cost.year,
                    per_session=cost.per_session,
                    region=cost.region,
                )
                for cost in profile.cost
            ),
            sources={
                name: self._cited(dict.fromkeys(_keys_in(value)))
                for name, value in msgspec.to_builtins(profile).items()
                if value
            },
        )

    def _plan(self, slug: str, plan: PlanSource) -> AftercarePlan:
        return AftercarePlan(
            slug=slug,
            title=plan.title,
            summary=plan.summary,
            served_locale=self._served(f"plans/{slug}.yaml"),
            reviewed_at=plan.reviewed_at,
            version=plan.version,
            content_hash="",  # known once every locale is compiled
            procedures=plan.procedures,
            steps=tuple(self._plan_step(plan, step) for step in plan.steps),
        )

    def _plan_step(self, plan: PlanSource, step: PlanStepSource) -> AftercareStep:
        messages = messages_by_channel(step.messages)
        return AftercareStep(
            key=step.key,
            kind=step.kind,
            purpose=step.purpose,
            title=step.title,
            body=blocks(step.body),
            after=step.after,
            day=step.day,
            at=step.at,
            useful_for=step.useful_for,
            late=step.late,
            urgent=step.urgent,
            channels=tuple(messages),
            messages=messages,
            seek_help_if=self._raised(step.seek_help_if),
            sources=self._cited(step.sources),
            spread=step.spread,
            check_in=question(self._source, plan, step.check_in) if step.check_in else None,
        )


P = TypeVar("P", bound=Entry)


def _by_title(pages: Iterable[P]) -> tuple[P, ...]:
    return tuple(sorted(pages, key=lambda page: (page.title.casefold(), page.slug)))


def _keys_in(value: object) -> Iterable[str]:
    """Every source key named anywhere inside."""
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


def _days(figures: Figures | None) -> DayRange | None:
    if figures is None:
        return None
    return DayRange(min=figures.min, typical=figures.typical, max=figures.max)


def _counts(counts: Counts | None) -> CountRange | None:
    if counts is None:
        return None
    return CountRange(min=counts.min, typical=counts.typical, max=counts.max)


def _decimals(figures: Figures | None) -> DecimalRange | None:
    return None if figures is None else DecimalRange(min=figures.min, max=figures.max)


def _depth(least: float | None, most: float | None) -> DecimalRange | None:
    return None if least is None and most is None else DecimalRange(min=least, max=most)
