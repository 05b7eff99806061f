import gc
import re

import pytest

from services.content.source.reader import shipped_files
from services.content.usecases.check_catalog import Checked, check
from services.contracts.catalog import (
    AftercarePlan,
    AftercareStep,
    Channel,
    LocalizedCatalog,
    Procedure,
    Record,
    StepKind,
)
from services.contracts.catalog_wire import decode_release, encode_release
from services.contracts.check_in_questions import Asked
from services.contracts.durations import parse_duration
from tests.support.content.catalog import CHECKED_ON, shipped_release

ADVICE_KINDS = [kind for kind in StepKind if kind is not StepKind.CLINICIAN_TASK]


@pytest.fixture(scope="module")
def catalog() -> LocalizedCatalog:
    return shipped_release().catalogs["en"]


@pytest.fixture(scope="module")
def plan(catalog: LocalizedCatalog) -> AftercarePlan:
    return next(plan for plan in catalog.plans if plan.slug == "microneedling-aftercare")


@pytest.fixture(scope="module")
def day_0(plan: AftercarePlan) -> AftercareStep:
    return next(step for step in plan.steps if step.key == "day-0-what-to-expect")


def procedure(catalog: LocalizedCatalog, slug: str) -> Procedure:
    return next(procedure for procedure in catalog.procedures if procedure.slug == slug)


def test_has_the_procedures_and_concerns_it_promises(catalog: LocalizedCatalog) -> None:
    assert {p.slug for p in catalog.procedures} == {
        "microneedling",
        "rf-microneedling",
        "prp-microneedling",
        "chemical-peel",
        "superficial-chemical-peel",
        "medium-chemical-peel",
        "deep-chemical-peel",
        "laser-resurfacing",
        "co2-laser",
        "er-yag-laser",
        "ablative-fractional-laser",
        "non-ablative-fractional-laser",
        "ipl",
        "dermabrasion",
        "microdermabrasion",
    }
    assert {c.slug for c in catalog.concerns} >= {
        "acne",
        "acne-scars",
        "age-spots",
        "deep-wrinkles",
        "dullness",
        "enlarged-pores",
        "fine-lines",
        "hyperpigmentation",
        "melasma",
        "other-scars",
        "post-acne-marks",
        "raised-scars",
        "redness-and-visible-vessels",
        "skin-laxity",
        "stretch-marks",
        "sun-damage",
        "uneven-texture",
    }


def test_families_are_described_by_their_variants(catalog: LocalizedCatalog) -> None:
    """A peel or a laser is no one thing: what it treats is said of each kind by itself."""
    broader = {p.parent for p in catalog.procedures if p.parent}

    assert broader == {"chemical-peel", "laser-resurfacing"}
    assert not any(procedure(catalog, slug).treats for slug in broader)


def test_every_procedure_says_whom_it_is_not_for(catalog: LocalizedCatalog) -> None:
    broader = {p.parent for p in catalog.procedures if p.parent}

    assert all(p.contraindications for p in catalog.procedures if p.slug not in broader)


def test_every_condition_to_ask_about_stands_against_something(catalog: LocalizedCatalog) -> None:
    named = {
        contraindication.code
        for p in catalog.procedures
        for contraindication in p.contraindications
    }

    assert {term.code for term in catalog.contraindications} == named


def test_a_release_survives_the_wire() -> None:
    release = shipped_release()

    assert decode_release(encode_release(release)) == release


def test_garbage_collection_passes_a_release_by() -> None:
    kept = decode_release(encode_release(shipped_release()))

    assert not [
        get_object for get_object in gc.get_objects() if isinstance(get_object, Record | Asked)
    ]
    assert kept.catalogs


def test_refuses_what_is_not_an_encoded_release() -> None:
    with pytest.raises(ValueError, match="not an encoded catalog release"):
        decode_release(b"something else")


def test_the_same_files_are_the_same_content() -> None:
    first, second = (check(shipped_files(), today=CHECKED_ON) for _ in range(2))

    assert isinstance(first, Checked)
    assert isinstance(second, Checked)
    assert first.content_hash == second.content_hash


def test_a_review_changes_the_release_and_not_what_the_plan_says() -> None:
    files = shipped_files()
    path = "plans/microneedling-aftercare.yaml"
    reviewed = {
        **files,
        path: files[path].replace("reviewed_at: 2026-11-20", "reviewed_at: 2026-11-21"),
    }
    before, after = check(files, today=None), check(reviewed, today=None)

    assert isinstance(before, Checked)
    assert isinstance(after, Checked)
    assert before.content_hash != after.content_hash
    hashes = [
        [plan.content_hash for plan in checked.catalogs["en"].plans] for checked in (before, after)
    ]
    assert hashes[0] == hashes[1]


def test_names_every_source_of_a_procedure_once(catalog: LocalizedCatalog) -> None:
    keys = [source.key for source in procedure(catalog, "microneedling").sources]

    assert keys == sorted(set(keys))


def test_names_the_sources_of_every_known_figure(catalog: LocalizedCatalog) -> None:
    profile = procedure(catalog, "microneedling").profile

    assert {"invasiveness", "downtime", "sessions", "cost"} <= profile.sources.keys()
    assert all(profile.sources.values())


def test_does_not_claim_to_suit_every_skin_type(catalog: LocalizedCatalog) -> None:
    standings = {
        entry.skin_type.value: entry.standing.value
        for entry in procedure(catalog, "microneedling").suitability
    }

    assert (standings["I"], standings["VI"]) == ("YES", "WITH_CARE")


@pytest.mark.parametrize("kind", StepKind)
def test_the_plan_has_a_step_of_every_kind(plan: AftercarePlan, kind: StepKind) -> None:
    assert any(step.kind is kind for step in plan.steps)


@pytest.mark.parametrize("kind", ADVICE_KINDS)
def test_every_step_for_patients_speaks_on_both_channels(
    plan: AftercarePlan, kind: StepKind
) -> None:
    steps = [step for step in plan.steps if step.kind is kind]

    assert all(set(step.channels) == {Channel.SMS, Channel.EMAIL} for step in steps)


def test_day_0_carries_every_red_flag_of_the_procedure(
    catalog: LocalizedCatalog, day_0: AftercareStep
) -> None:
    assert set(day_0.seek_help_if) == set(procedure(catalog, "microneedling").red_flags)


def test_day_0_is_due_at_once_and_urgent(day_0: AftercareStep) -> None:
    assert (day_0.after, day_0.urgent) == ("PT0S", True)


@pytest.mark.parametrize(
    ("key", "hours"),
    [("day-1-sunscreen", 24), ("day-2-how-is-it-going", 48), ("day-3-back-to-sport", 72)],
)
def test_limits_counted_in_hours_are_elapsed(plan: AftercarePlan, key: str, hours: int) -> None:
    step = next(step for step in plan.steps if step.key == key)

    assert step.after is not None
    assert parse_duration(step.after).total_seconds() == hours * 3600


def test_emails_have_a_subject_and_texts_have_none(plan: AftercarePlan) -> None:
    for step in plan.steps:
        for channel, messages in step.messages.items():
            for body in (messages.discreet, messages.detailed):
                assert (body.subject is not None) == (channel is Channel.EMAIL)


def test_no_message_names_a_medicine_against_viruses(plan: AftercarePlan) -> None:
    bodies = [
        body.text
        for step in plan.steps
        for messages in step.messages.values()
        for body in (messages.discreet, messages.detailed)
    ]

    named = re.compile(r"\w+cyclovir|\w+ciclovir|\bmg\b", re.IGNORECASE)
    assert not any(named.search(body) for body in bodies)


def test_every_page_is_served_in_spanish_too() -> None:
    spanish = shipped_release().catalogs["es"]
    pages = (*spanish.procedures, *spanish.concerns, *spanish.plans)
    assert [page.slug for page in pages if page.served_locale != "es"] == []
