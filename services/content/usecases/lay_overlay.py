"""Laying a clinic's own values on a plan, judged by every rule that the catalog is held to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from services.content.domain.compiling import compile_catalogs, plan_hash, plans_by_locale
from services.content.domain.faults import Fault, problems
from services.content.domain.laying import LaidPlan, lay, plan_file
from services.content.domain.nodes import Document
from services.content.domain.overlay_source import OverlayFile, OverlaySource, read_overlay
from services.content.domain.reading import BASE_LOCALE, read_folder
from services.content.domain.rules import freedom, overlay_values, overlays, timing
from services.content.domain.rules.all_rules import RULES, telling
from services.content.domain.rules.checked import Locale
from services.content.domain.rules.overlays import Changed
from services.content.domain.source import SourceCatalog
from services.contracts.catalog import AftercarePlan, Release, Voice
from services.contracts.content import Problem

_OF_AUTHORS: Final = (*freedom.RULES, timing.keys_start_with_their_day)
"""Of the time that an author chose for a step: a clinic may have moved it from there."""

_OF_ANY_PLAN: Final = tuple(rule for rule in RULES if rule not in _OF_AUTHORS)


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """A release as something to lay values on: its plans by slug and locale, and their source.

    `fault`: why nothing can be laid on it; there is no source then.
    """

    plans: dict[str, dict[str, AftercarePlan]]
    files: Mapping[str, str] = {}
    catalogs: dict[str, SourceCatalog] = {}
    documents: tuple[str, ...] = ()
    telling: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    fault: str | None = None


class Laid(msgspec.Struct, frozen=True):
    """A plan with a clinic's values, by locale, under one hash.

    `read_again`: texts in the catalog's words that may still speak of another time.
    """

    slug: str
    plan_version: int
    content_hash: str
    plans: dict[str, AftercarePlan]
    read_again: tuple[Problem, ...] = ()


def read_ground(release: Release, files: Mapping[str, str] | None) -> Ground:
    """Read the source of a release, once for all that is laid on it."""
    plans = plans_by_locale(release.catalogs)
    if files is None:
        what = "the current release was made before its source was kept; publish the catalog again"
        return Ground(plans=plans, fault=what)
    readings = read_folder(files)
    catalogs = {tag: reading.catalog for tag, reading in readings.items()}
    if any(reading.faults for reading in readings.values()):
        what = "the current release was made by rules that have changed; publish the catalog again"
        return Ground(plans=plans, fault=what)
    return Ground(
        plans=plans,
        files=files,
        catalogs=catalogs,
        documents=tuple(readings[BASE_LOCALE].documents),
        telling=telling(list(catalogs.values())),
    )


def lay_overlay(
    ground: Ground, name: str, text: str, *, is_new: bool
) -> Laid | tuple[Problem, ...]:
    """Lay the values of a file, or say everything that keeps them from being used.

    New values are laid on the plan's version of today only; those in use, on any that they fit.
    """
    if ground.fault:
        return (Problem(where=f"{name}:1", what=ground.fault),)
    values = read_overlay(name, text)
    if not isinstance(values, OverlayFile):
        return values
    if faults := tuple(_own_faults(ground, values, is_new=is_new)):
        return problems((values.document.places, fault) for fault in faults)
    laid = {tag: lay(ground.files, tag, values) for tag in ground.catalogs}
    found = [(each.document.places, fault) for each in laid.values() for fault in each.faults]
    if found:
        return problems(found)
    changes = [_changed(ground, tag, each) for tag, each in laid.items()]
    if found := [(each.document.places, fault) for each in changes for fault in _broken(each)]:
        return problems(found)
    return _compiled(values.source, changes)


def _own_faults(ground: Ground, values: OverlayFile, *, is_new: bool) -> Iterator[Fault]:
    plans, slug = ground.catalogs[BASE_LOCALE].plans, values.source.plan
    yield from overlay_values.plan_is_known(values, list(plans))
    yield from overlay_values.voice_can_be_used(values)
    if slug not in plans:
        return
    if is_new:
        yield from overlay_values.plan_is_of_today(values, plans[slug].version)
    yield from overlay_values.only_what_may_is_left_out(values, plans[slug])
    translated = {tag for tag in ground.catalogs if plan_file(slug, tag) in ground.files}
    locales = ground.catalogs.keys()
    yield from overlay_values.every_locale_is_told(values, translated - {BASE_LOCALE}, locales)


def _changed(ground: Ground, locale: str, laid: LaidPlan) -> Changed:
    """The laid plan, alone in a catalog that has all it names."""
    catalog, plan = ground.catalogs[locale], laid.plan
    alone = msgspec.structs.replace(
        catalog,
        plans={laid.slug: plan},
        procedures={slug: catalog.procedures[slug] for slug in plan.procedures},
        concerns={},
    )
    documents = {name: Document(name) for name in ground.documents}
    documents[laid.document.name] = laid.document
    return Changed(
        locale=Locale(alone, documents, *ground.telling),
        document=laid.document,
        plan=plan,
        base=catalog.plans[laid.slug],
    )


def _broken(changed: Changed) -> Iterator[Fault]:
    """A step at an impossible time is told alone: other rules would go by that time."""
    if misplaced := list(overlays.steps_move_within_their_span(changed)):
        yield from misplaced
        return
    for rule in _OF_ANY_PLAN:
        name = changed.document.name
        yield from (fault for fault in rule(changed.locale) if fault.document == name)
    for own_rule in overlays.RULES:
        yield from own_rule(changed)


def _compiled(values: OverlaySource, changes: Sequence[Changed]) -> Laid:
    alone = {each.locale.catalog.locale: each.locale.catalog for each in changes}
    [by_locale] = plans_by_locale(compile_catalogs(alone)).values()
    plans = {
        tag: msgspec.structs.replace(plan, voice=_voice(values, tag))
        for tag, plan in by_locale.items()
    }
    content_hash = plan_hash(plans)
    return Laid(
        slug=values.plan,
        plan_version=plans[BASE_LOCALE].version,
        content_hash=content_hash,
        plans={
            tag: msgspec.structs.replace(plan, content_hash=content_hash)
            for tag, plan in plans.items()
        },
        read_again=problems(
            (each.document.places, fault) for each in changes for fault in overlays.read_again(each)
        ),
    )


def _voice(values: OverlaySource, locale: str) -> Voice | None:
    voice = Voice(
        sender_name=values.sender_name, phone=values.phone, hours=values.hours.get(locale)
    )
    return None if voice == Voice() else voice
