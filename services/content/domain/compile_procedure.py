"""Compiles the source of a procedure into what is published."""

from collections.abc import Iterable

import msgspec

from services.content.domain.blocks import blocks
from services.content.domain.compile_lookups import Lookups, T
from services.content.domain.source import DeviceSource, ProcedureSource, ProfileSource
from services.content.domain.written import Written
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


def _profile(profile: ProfileSource, lookups: Lookups) -> ProcedureProfile:
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


def _range(figures: Written | None, kind: type[T], lookups: Lookups) -> T | None:
    return None if figures is None else lookups.published(figures, kind)


def _depth(device: DeviceSource) -> DecimalRange | None:
    least, most = device.min_depth_millimeters, device.max_depth_millimeters
    return None if least is None and most is None else DecimalRange(min=least, max=most)
