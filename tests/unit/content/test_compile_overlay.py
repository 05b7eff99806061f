"""A plan with a clinic's own values."""

from functools import cache

import pytest

from services.content.domain.compiling import plans_by_locale
from services.content.domain.overlay_base import OverlayBase, read_overlay_base
from services.content.source.reader import shipped_files
from services.content.usecases.compile_overlay import compile_overlay
from services.contracts.catalog import Channel, Voice
from tests.support.content.catalog import shipped_release
from tests.support.content.overlay_pack import (
    SLUG,
    SPANISH_PLAN,
    VALUES,
    base,
    base_of,
    compiled,
    overlay_pack,
    values,
)
from tests.support.content.pack import PLAN

MAKE_UP = "day-1-make-up"


@cache
def shipped() -> OverlayBase:
    return read_overlay_base(shipped_release(), shipped_files())


def text_message(locale: str) -> str:
    [step] = (step for step in compiled().plans[locale].steps if step.key == MAKE_UP)
    return step.messages[Channel.SMS].discreet.text


def test_each_locale_gets_the_clinics_words() -> None:
    assert text_message("en").endswith("it is over. Fever or pus? {{ clinic_phone }}.")
    assert text_message("es").endswith("ya es pasado. ¿Fiebre o pus? {{ clinic_phone }}.")


def test_what_is_not_reworded_stays_in_the_locales_words() -> None:
    [step] = (step for step in compiled().plans["es"].steps if step.key == MAKE_UP)

    assert (step.title, step.after) == ("Maquillaje", "PT36H")


def test_the_voice_has_the_hours_of_the_locale() -> None:
    assert compiled().plans["es"].voice == Voice(
        sender_name="Rowan Clinic", phone="+12025550188", hours="lun-vie 9-18"
    )


def test_a_step_left_out_is_gone_in_every_locale() -> None:
    keys = {step.key for plan in compiled().plans.values() for step in plan.steps}

    assert "day-30-next-visit" not in keys


def test_a_plan_without_a_voice_of_its_own_has_none() -> None:
    text = f"plan: {SLUG}\nversion: 2\nsteps: {{day-1-make-up: {{after: PT48H}}}}\n"

    assert compiled(text).plans["en"].voice is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+12025550188", "+12025550189"),
        ("lun-vie", "lun-dom"),
        ("Rowan Clinic", "Rowan House"),
        ("PT36H", "PT37H"),
        ("ya es pasado", "ya ha pasado"),
    ],
)
def test_whatever_changes_for_patients_changes_the_hash(old: str, new: str) -> None:
    assert compiled(values(old, new)).content_hash != compiled().content_hash


def test_the_same_words_have_the_same_hash() -> None:
    assert compiled(f"# a note\n{VALUES}").content_hash == compiled().content_hash


def test_values_in_use_are_applied_to_another_version_of_the_plan() -> None:
    raised = base_of(overlay_pack((PLAN, "version: 2", "version: 3")))
    overlay = compile_overlay(raised, "rowan.yaml", VALUES, is_new=False)

    assert not isinstance(overlay, tuple), overlay
    assert overlay.plans["en"].version == 3


def test_a_plan_without_a_translation_falls_back_to_the_clinics_words() -> None:
    files = overlay_pack()
    del files[SPANISH_PLAN]
    text = VALUES[: VALUES.index("locales:")]
    overlay = compile_overlay(base_of(files), "rowan.yaml", text, is_new=True)

    assert not isinstance(overlay, tuple), overlay
    [step] = (step for step in overlay.plans["es"].steps if step.key == MAKE_UP)
    assert "it is over" in step.messages[Channel.SMS].discreet.text


def test_texts_that_may_speak_of_the_time_before_are_named() -> None:
    named = {problem.what.partition(",")[0] for problem in compiled().read_again}

    assert named == {"day-minus-7-sun", MAKE_UP, "day-0-what-to-expect"}


def test_nothing_is_named_when_no_step_has_moved() -> None:
    assert compiled(f'plan: {SLUG}\nversion: 2\nphone: "+12025550188"\n').read_again == ()


@pytest.mark.parametrize("slug", sorted(plans_by_locale(shipped_release().catalogs)))
def test_every_shipped_plan_takes_a_clinics_phone(slug: str) -> None:
    version = shipped().plans[slug]["en"].version
    text = f'plan: {slug}\nversion: {version}\nphone: "+12025550188"\n'
    overlay = compile_overlay(shipped(), "rowan.yaml", text, is_new=True)

    assert not isinstance(overlay, tuple), overlay
    assert overlay.content_hash != shipped().plans[slug]["en"].content_hash


def test_what_clinics_may_is_not_published() -> None:
    narrowed = overlay_pack((PLAN, "clinics_may: {latest: PT48H}", "clinics_may: {latest: PT30H}"))

    assert base_of(narrowed).plans == base().plans
