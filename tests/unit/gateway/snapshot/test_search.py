from functools import cache
from typing import Any

import pytest

from services.contracts.catalog import ProcedureFamily
from services.gateway.snapshot.search.search import SearchHit
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry, Snapshot
from tests.support.content.catalog import shipped_release
from tests.support.gateway.small_catalog import procedure, snapshot_of


@cache
def shipped() -> Edition:
    return Snapshot(shipped_release()).edition()


def slugs(hits: list[SearchHit[LocalizedEntry[Any]]]) -> list[str]:
    return [hit.node.entry.slug for hit in hits]


def slugs_for(text: str) -> list[str]:
    return slugs(shipped().search(text, 10))


def look_alikes() -> Edition:
    return snapshot_of(
        procedure("dermabrasion", family=ProcedureFamily.DERMABRASION),
        procedure(
            "microdermabrasion",
            family=ProcedureFamily.MICRODERMABRASION,
            aliases=("micro-dermabrasion", "micro dermabrasion"),
        ),
        procedure("ablative-laser", title="Ablative laser"),
        procedure("non-ablative-laser", title="Non-ablative laser", aliases=("nonablative laser",)),
        procedure("co2-laser", title="CO₂ laser"),
    ).edition()


@pytest.mark.parametrize(
    "text",
    [
        "microneedling",
        "MICRONEEDLING",
        "micro-needling",
        "Micro needling",
        "microneeding",
        "mikroneedling",
        "collagen induction therapy",
        "derma roller",
        "dermaroller",
        "needling pen",
    ],
)
def test_an_entry_is_found_by_every_name_it_goes_by(text: str) -> None:
    assert slugs_for(text)[0] == "microneedling"


@pytest.mark.parametrize(
    "text",
    [
        "Microneedling",
        "Microneeding",
        "Microneacdl;",
        "collagen induction therapy",
        "dermarolling",
        "dermaroller",
        "microneedle pen",
        "microneedling device",
        "automated devices that stamp",
        "micro-wounds",
        "micro-injuries",
        "micro-channels",
    ],
)
def test_microneedling_is_found_by_every_word_a_clinic_has_written_for_it(text: str) -> None:
    assert slugs_for(text)[0] == "microneedling"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chemical peels", "chemical-peel"),
        ("laser therapy", "laser-resurfacing"),
        ("dermabrasion", "dermabrasion"),
        ("rotating brush", "dermabrasion"),
        ("Platelet Rich Plasma", "prp-microneedling"),
        ("PRP", "prp-microneedling"),
        ("vampire facial", "prp-microneedling"),
        ("age spots", "age-spots"),
        ("stretch marks", "stretch-marks"),
        ("pores", "enlarged-pores"),
        ("hyperpigmentation", "hyperpigmentation"),
        ("discolouration", "hyperpigmentation"),
        ("uneven skin tone", "hyperpigmentation"),
        ("blemishes", "acne"),
        ("skin laxity", "skin-laxity"),
        ("melasma", "melasma"),
        ("PIH", "post-acne-marks"),
        ("keloid", "raised-scars"),
        ("C02", "co2-laser"),
        ("erbium", "er-yag-laser"),
        ("nonablative", "non-ablative-fractional-laser"),
        ("ablative", "ablative-fractional-laser"),
        ("TCA", "medium-chemical-peel"),
        ("phenol", "deep-chemical-peel"),
        ("salycilic", "superficial-chemical-peel"),
        ("photo facial", "ipl"),
        ("RFMN", "rf-microneedling"),
        ("micro dermabrasion", "microdermabrasion"),
        ("microdermabrasion", "microdermabrasion"),
    ],
)
def test_the_entry_searched_for_ranks_first_in_the_whole_catalog(text: str, expected: str) -> None:
    assert slugs_for(text)[0] == expected


@pytest.mark.parametrize("text", ["lazer resurfacing", "LAZER", "láser"])
def test_typing_errors_and_accents_do_not_matter(text: str) -> None:
    assert slugs_for(text)[0] == "laser-resurfacing"


def test_a_match_in_a_name_ranks_above_a_match_in_text() -> None:
    assert slugs_for("acne scars")[0] == "acne-scars"


def test_stop_words_are_ignored() -> None:
    assert slugs_for("what is the best treatment for acne scars") == slugs_for("acne scars")


def test_running_text_is_searched_too() -> None:
    assert "dermabrasion" in slugs_for("general anesthesia")


def test_either_spelling_of_english_will_do() -> None:
    assert slugs_for("anaesthesia") == slugs_for("anesthesia") != []


@pytest.mark.parametrize(
    "text", ["", "   ", "xyzzy", "qwertz asdf", "the", "!!!", "zz", "🙂", "0000"]
)
def test_nonsense_finds_nothing(text: str) -> None:
    assert slugs_for(text) == []


def test_one_word_of_nonsense_is_not_made_up_for_by_others() -> None:
    assert slugs_for("microneedling xyzzy") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dermabrasion", ["dermabrasion"]),
        ("dermabraison", ["dermabrasion"]),
        ("microdermabrasion", ["microdermabrasion"]),
        ("micro dermabrasion", ["microdermabrasion"]),
        ("micro-dermabrasion", ["microdermabrasion"]),
        ("microdermabraison", ["microdermabrasion"]),
        ("ablative laser", ["ablative-laser"]),
        ("non-ablative laser", ["non-ablative-laser"]),
        ("non ablative laser", ["non-ablative-laser"]),
        ("nonablative", ["non-ablative-laser"]),
        ("C02 laser", ["co2-laser"]),
        ("co2", ["co2-laser"]),
    ],
)
def test_look_alikes_stay_apart(text: str, expected: list[str]) -> None:
    assert slugs(look_alikes().search(text, 10)) == expected


def test_the_beginning_of_a_word_finds_each_that_begins_so() -> None:
    assert {"dermabrasion", "microneedling"} <= set(slugs_for("derma")[:3])


def test_no_more_hits_are_returned_than_asked_for() -> None:
    assert len(shipped().search("skin", 2)) == 2


def test_the_name_itself_scores_highest() -> None:
    first, *others = shipped().search("microneedling", 10)

    assert first.score == 1.0
    assert all(hit.score < first.score for hit in others)


def test_a_hit_says_which_name_matched() -> None:
    assert shipped().search("dermaroller", 1)[0].matched == "dermaroller"


def test_the_excerpt_shows_the_words_searched_for() -> None:
    (hit,) = [hit for hit in shipped().search("granuloma", 10) if hit.score < 0.6][:1]

    assert "granuloma" in hit.excerpt.lower()
    assert len(hit.excerpt) <= 162


def test_a_hit_is_an_entry_of_the_edition_searched() -> None:
    edition = Snapshot(shipped_release()).edition("es")
    (hit,) = edition.search("dermabrasion", 1)

    assert hit.node.edition is edition
