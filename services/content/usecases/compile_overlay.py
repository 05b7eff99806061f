"""Applying a clinic's own values to a plan, under every rule that the catalog must keep."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.content.domain.apply_overlay import AppliedPlan, apply_overlay, plan_file
from services.content.domain.clinic_values import Outcome, info
from services.content.domain.compiling import compile_catalogs, plan_hash, plans_by_locale
from services.content.domain.faults import Fault, problems
from services.content.domain.nodes import Document
from services.content.domain.overlay_base import OverlayBase
from services.content.domain.overlay_source import OverlayFile, OverlaySource, read_overlay
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.rules import freedom, overlays, timing
from services.content.domain.rules.all_rules import RULES
from services.content.domain.rules.checked import Locale
from services.content.domain.rules.overlays import Changed
from services.content.storage.unit_of_work import ContentUnitOfWork
from services.contracts.catalog import AftercarePlan, Voice
from services.contracts.content import OverlayInfo, Problem

_OF_AUTHORS: Final = (*freedom.RULES, timing.keys_start_with_their_day)
"""Rules about the time that an author chose for a step; a clinic may have moved it."""

_OF_ANY_PLAN: Final = tuple(rule for rule in RULES if rule not in _OF_AUTHORS)


class CompiledOverlay(msgspec.Struct, frozen=True):
    """A plan with a clinic's values, by locale, under one hash.

    `read_again`: texts of the catalog that may still mention the time a step was moved from.
    """

    slug: str
    content_hash: str
    plans: dict[str, AftercarePlan]
    read_again: tuple[Problem, ...] = ()


def compile_overlay(
    base: OverlayBase, name: str, text: str, *, is_new: bool
) -> CompiledOverlay | tuple[Problem, ...]:
    """Apply the values of a file, or return every problem that keeps them from being used.

    New values must name the plan's current version; those in use may go with any that they fit.
    """
    if base.fault:
        return (Problem(where=f"{name}:1", what=base.fault),)
    values = read_overlay(name, text)
    if not isinstance(values, OverlayFile):
        return values
    if faults := tuple(_own_faults(base, values, is_new=is_new)):
        return problems((values.document.places, fault) for fault in faults)
    applied = {tag: apply_overlay(base.files, tag, values) for tag in base.catalogs}
    conflicts = [
        (plan.document.places, fault) for plan in applied.values() for fault in plan.faults
    ]
    if conflicts:
        return problems(conflicts)
    changes = [_changed(base, tag, plan) for tag, plan in applied.items()]
    broken = [(plan.document.places, fault) for plan in changes for fault in _broken(plan)]
    if broken:
        return problems(broken)
    return _compiled(values.source, changes)


def reapply_overlays(uow: ContentUnitOfWork) -> tuple[OverlayInfo, ...]:
    """Apply what clinics use to the current release. Returns those that conflict with it."""
    base = uow.releases.overlay_base()
    if base is None:
        return ()
    conflicting = []
    for overlay in uow.overlays.in_use():
        compiled = compile_overlay(base, overlay.name, overlay.text, is_new=False)
        outcome = outcome_of(base, overlay.plan, compiled)
        if outcome.base_hash is not None:
            uow.overlays.keep(overlay, outcome)
        if outcome.conflicts:
            conflicting.append(info(overlay, outcome))
    return tuple(conflicting)


def outcome_of(
    base: OverlayBase, slug: str, compiled: CompiledOverlay | tuple[Problem, ...]
) -> Outcome:
    """Return what is stored of an application, with the plan that the values were applied to."""
    plan = next(iter(base.plans.get(slug, {}).values()), None)
    base_hash, version = (plan.content_hash, plan.version) if plan else (None, None)
    if isinstance(compiled, CompiledOverlay):
        return Outcome(
            base_hash=base_hash,
            plan_version=version,
            content_hash=compiled.content_hash,
            plans=compiled.plans,
        )
    return Outcome(base_hash=base_hash, plan_version=version, conflicts=compiled)


def _own_faults(base: OverlayBase, values: OverlayFile, *, is_new: bool) -> Iterator[Fault]:
    plans, slug = base.catalogs[BASE_LOCALE].plans, values.source.plan
    yield from overlays.plan_is_known(values, list(plans))
    yield from overlays.voice_can_be_used(values)
    if slug not in plans:
        return
    if is_new:
        yield from overlays.plan_is_of_today(values, plans[slug].version)
    yield from overlays.only_what_may_is_left_out(values, plans[slug])
    translated = {tag for tag in base.catalogs if plan_file(slug, tag) in base.files}
    locales = base.catalogs.keys()
    yield from overlays.locales_give_the_same_values(values, translated - {BASE_LOCALE}, locales)


def _changed(base: OverlayBase, locale: str, applied: AppliedPlan) -> Changed:
    """Put the plan alone in a catalog that has everything it names."""
    catalog, plan = base.catalogs[locale], applied.plan
    alone = msgspec.structs.replace(
        catalog,
        plans={applied.slug: plan},
        procedures={slug: catalog.procedures[slug] for slug in plan.procedures},
        concerns={},
    )
    documents = {name: Document(name) for name in base.documents}
    documents[applied.document.name] = applied.document
    return Changed(
        locale=Locale(alone, documents, *base.revealing_terms),
        document=applied.document,
        plan=plan,
        base=catalog.plans[applied.slug],
    )


def _broken(changed: Changed) -> Iterator[Fault]:
    """Steps at impossible times are reported alone, because other rules depend on the times."""
    if misplaced := list(overlays.steps_move_within_their_span(changed)):
        yield from misplaced
        return
    for rule in _OF_ANY_PLAN:
        name = changed.document.name
        yield from (fault for fault in rule(changed.locale) if fault.document == name)
    for own_rule in overlays.RULES:
        yield from own_rule(changed)


def _compiled(values: OverlaySource, changes: Sequence[Changed]) -> CompiledOverlay:
    alone = {plan.locale.catalog.locale: plan.locale.catalog for plan in changes}
    [by_locale] = plans_by_locale(compile_catalogs(alone)).values()
    plans = {
        tag: msgspec.structs.replace(plan, voice=_voice(values, tag))
        for tag, plan in by_locale.items()
    }
    content_hash = plan_hash(plans)
    return CompiledOverlay(
        slug=values.plan,
        content_hash=content_hash,
        plans={
            tag: msgspec.structs.replace(plan, content_hash=content_hash)
            for tag, plan in plans.items()
        },
        read_again=problems(
            (plan.document.places, fault) for plan in changes for fault in overlays.read_again(plan)
        ),
    )


def _voice(values: OverlaySource, locale: str) -> Voice | None:
    voice = Voice(
        sender_name=values.sender_name, phone=values.phone, hours=values.hours.get(locale)
    )
    return None if voice == Voice() else voice
