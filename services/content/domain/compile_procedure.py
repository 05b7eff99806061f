"""Compiles the source of a procedure into what is published."""

from collections.abc import Iterable

import msgspec

from services.content.domain.blocks import blocks
from services.content.domain.compile_lookups import Lookups
from services.content.domain.source import Counts, Figures, ProcedureSource, ProfileSource
from services.contracts.catalog import (
    Benefit,
    Combination,
    Contraindication,
    CountRange,
    DayRange,
    DecimalRange,
    Device,
    Indication,
    MoneyRange,
    Procedure,
    ProcedureProfile,
    ProcedureStep,
    Question,
    SideEffect,
    SkinTypeSuitability,
)


def compile_procedure(slug: str, procedure: ProcedureSource, lookups: Lookups) -> Procedure:
    return Procedure(
        slug=slug,
        title=procedure.title,
        summary=procedure.summary,
        served_locale=lookups.served_locale(f"procedures/{slug}.yaml"),
        reviewed_at=procedure.reviewed_at,
        family=procedure.family,
        parent=procedure.parent,
        aliases=procedure.aliases,
        misspellings=procedure.misspellings,
        mechanism=blocks(procedure.mechanism.body),
        devices=_devices(procedure, lookups),
        steps=tuple(
            ProcedureStep(order=order, title=step.title, body=blocks(step.body))
            for order, step in enumerate(procedure.steps, start=1)
        ),
        benefits=_benefits(procedure, lookups),
        treats=_indications(procedure, lookups),
        side_effects=_side_effects(procedure, lookups),
        contraindications=_contraindications(procedure, lookups),
        red_flags=lookups.red_flags(procedure.red_flags),
        suitability=_suitability(procedure),
        profile=_profile(procedure.profile, lookups),
        combinations=_combinations(procedure, lookups),
        faq=tuple(Question(question=q.question, answer=blocks(q.answer)) for q in procedure.faq),
        sources=lookups.sources(sorted(set(_keys_in(msgspec.to_builtins(procedure))))),
    )


def _devices(procedure: ProcedureSource, lookups: Lookups) -> tuple[Device, ...]:
    return tuple(
        Device(
            slug=device.slug,
            name=device.name,
            description=device.description,
            depth_millimeters=_depth(device.min_depth_millimeters, device.max_depth_millimeters),
            adjustable_depth=device.adjustable_depth,
            sources=lookups.sources(device.sources),
        )
        for device in procedure.devices
    )


def _benefits(procedure: ProcedureSource, lookups: Lookups) -> tuple[Benefit, ...]:
    return tuple(
        Benefit(
            name=benefit.name,
            description=benefit.description,
            evidence=benefit.evidence,
            sources=lookups.sources(benefit.sources),
        )
        for benefit in procedure.benefits
    )


def _indications(procedure: ProcedureSource, lookups: Lookups) -> tuple[Indication, ...]:
    return tuple(
        Indication(
            concern=indication.concern,
            evidence=indication.evidence,
            note=indication.note,
            sources=lookups.sources(indication.sources),
        )
        for indication in procedure.treats
    )


def _side_effects(procedure: ProcedureSource, lookups: Lookups) -> tuple[SideEffect, ...]:
    return tuple(
        SideEffect(
            name=effect.name,
            description=effect.description,
            rarity=effect.rarity,
            duration=DayRange(**msgspec.structs.asdict(effect.duration_days))
            if effect.duration_days
            else None,
            sources=lookups.sources(effect.sources),
        )
        for effect in procedure.side_effects
    )


def _contraindications(
    procedure: ProcedureSource, lookups: Lookups
) -> tuple[Contraindication, ...]:
    return tuple(
        Contraindication(
            code=against.code,
            label=lookups.contraindication(against.code),
            standing=against.standing,
            sources=lookups.sources(against.sources),
        )
        for against in procedure.contraindications
    )


def _combinations(procedure: ProcedureSource, lookups: Lookups) -> tuple[Combination, ...]:
    return tuple(
        Combination(
            partner=combination.partner,
            description=combination.description,
            evidence=combination.evidence,
            cautions=combination.cautions,
            sources=lookups.sources(combination.sources),
        )
        for combination in procedure.combinations
    )


def _profile(profile: ProfileSource, lookups: Lookups) -> ProcedureProfile:
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
            name: lookups.sources(dict.fromkeys(_keys_in(value)))
            for name, value in msgspec.to_builtins(profile).items()
            if value
        },
    )


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
