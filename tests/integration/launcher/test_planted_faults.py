"""The shipped catalog with many slips of the kinds that people make: the command names every one.

Each is what somebody who edits YAML in a pull request gets wrong, and no two are of one kind.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from services.content.source.reader import shipped_files

IPL = "plans/ipl-aftercare.yaml"
DISCREET = "discreet: >-\n          {{ clinic_name }}: "


class Slip(msgspec.Struct, frozen=True):
    """The first `old` of a file becomes `new`; it is told on the line of `at`, else of `new`.

    Without `old` the file is `new` altogether.
    """

    file: str
    old: str
    new: str
    words: str
    at: str = ""


SLIPS = {
    "a sign in capitals": Slip(
        "red-flags.yaml", "en: [cant breathe,", "en: [Cant breathe,",
        "write 'cant breathe' in lower case",
    ),
    # ------------------------------------------------------------------------------ YAML
    "a tab": Slip(
        "concerns/acne.yaml", "  Blackheads,", "\tBlackheads,", "a tab; indent with spaces"
    ),
    "indented too far": Slip(
        "concerns/age-spots.yaml",
        "review_by:", "  review_by:", "the indentation does not fit that of the lines above",
    ),
    "a quote left open": Slip(
        "concerns/deep-wrinkles.yaml",
        "title: Deep wrinkles", 'title: "Deep wrinkles', "the quote opened here is not closed",
    ),
    "a quote within quotes": Slip(
        "concerns/dullness.yaml",
        "title: ", 'title: "The "dull" look" of ', "text goes on after its closing quote",
    ),
    "a list left open": Slip(
        "concerns/other-scars.yaml",
        "]\n", "\n", "the list opened here by [ goes wrong", at="aliases: [",
    ),
    "a colon in a text": Slip(
        "concerns/fine-lines.yaml", "title: ", "title: Skin: ", "a second colon in one line"
    ),
    "a key without its colon": Slip(
        "concerns/skin-laxity.yaml", "review_by: ", "review_by ", "neither `key: value` nor an item"
    ),
    "a merge left unfinished": Slip(
        "concerns/melasma.yaml", "reviewed_at:", "<<<<<<< HEAD\nreviewed_at:", "a merge was left",
        at="<<<<<<< HEAD",
    ),
    "a key twice": Slip(
        "concerns/hyperpigmentation.yaml", "reviewed_at:", "title: Spots\nreviewed_at:",
        "the key 'title' is here twice; keep one", at="title: Spots",
    ),
    "an empty file": Slip("concerns/lines.yaml", "", "# to be written\n", "the file is empty"),
    "a file by another name": Slip(
        "plans/New plan.yaml", "", "title: New\n", "no name for an entry; use lower-case letters"
    ),
    # ----------------------------------------------------------------------------- shape
    "a key misspelled": Slip(
        "procedures/co2-laser.yaml", "misspellings:", "mispellings:",
        "unknown key 'mispellings'; did you mean 'misspellings'?",
    ),
    "a key left out": Slip(
        "procedures/er-yag-laser.yaml", "  performed_by: {text:", "  # {text:",
        "the key 'performed_by' is missing; add it", at="profile:",
    ),
    "a word where a number belongs": Slip(
        "procedures/microdermabrasion.yaml", "invasiveness: {value: 1,",
        "invasiveness: {value: low,", "'low' does not fit; write a whole number",
    ),
    "a word that is not one of those to choose from": Slip(
        "procedures/prp-microneedling.yaml", "rarity: EXPECTED", "rarity: EXPECTD",
        "did you mean EXPECTED?",
    ),
    "a day that no calendar has": Slip(
        "concerns/stretch-marks.yaml", "review_by: 2028-11-20", "review_by: 2028-11-31",
        "write a date such as 2026-01-31",
    ),
    # ------------------------------------------------------------------ names and sources
    "a condition misspelled": Slip(
        "procedures/ipl.yaml", "code: SKIN_CANCER", "code: SKIN_CANCR",
        "unknown contraindication 'SKIN_CANCR'; did you mean 'SKIN_CANCER'?",
    ),
    "a source misspelled": Slip(
        "procedures/dermabrasion.yaml", "sources: [mayo-dermabrasion, medscape-dermabrasion]",
        "sources: [mayo-dermabraison, medscape-dermabrasion]",
        "unknown source 'mayo-dermabraison'; did you mean 'mayo-dermabrasion'?",
    ),
    "a claim without a source": Slip(
        "procedures/rf-microneedling.yaml", "invasiveness: {value: 5, sources: [",
        "invasiveness: {value: 5, sources: []}\n  # [", "a claim without a source",
        at="invasiveness:",
    ),
    "a parent that is its own child": Slip(
        "procedures/laser-resurfacing.yaml", "family: LASER",
        "parent: laser-resurfacing\nfamily: LASER", "is its own ancestor",
        at="parent: laser-resurfacing",
    ),
    "a name that belongs to another procedure": Slip(
        "procedures/chemical-peel.yaml", "aliases: [", "aliases: [Microneedling, ",
        "'Microneedling' belongs to procedures/",
    ),
    "a grade that nobody gave": Slip(
        "sources.yaml", "grade: A", "grade: K", "a grade is A, B, C or D"
    ),
    "a verdict on one procedure": Slip(
        "comparison.yaml", "procedures: [dermabrasion, microneedling]",
        "procedures: [dermabrasion, dermabrasion]", "name two or more procedures",
    ),
    # --------------------------------------------------------------------------- figures
    "a least above the most": Slip(
        "procedures/deep-chemical-peel.yaml", "downtime: {min: 14,", "downtime: {min: 41,",
        "min, typical and max are not in order",
    ),
    "a price from high to low": Slip(
        "procedures/non-ablative-fractional-laser.yaml", "- {min: 1000, max: 2500,",
        "- {min: 2500, max: 1000,", "min must be above zero and not above max",
    ),
    "a figure off its scale": Slip(
        "procedures/medium-chemical-peel.yaml", "invasiveness: {value: 6,",
        "invasiveness: {value: 16,", "invasiveness goes from 1 (least) to 10 (most)",
    ),
    # ----------------------------------------------------------------------------- pages
    "a review that was due": Slip(
        "concerns/post-acne-marks.yaml", "reviewed_at: 2026-11-22\nreview_by: 2028-11-22",
        "reviewed_at: 2023-11-22\nreview_by: 2024-11-22", "the review was due by 2024-11-22",
        at="review_by: 2024-11-22",
    ),
    "a web page's code in a text": Slip(
        "procedures/superficial-chemical-peel.yaml", "mechanism:\n  body:\n",
        "mechanism:\n  body:\n    - One<br>two\n", "HTML (<br>) is not allowed; use Markdown",
        at="One<br>two",
    ),
    # ------------------------------------------------------------------------------ steps
    "a time of day that patients sleep at": Slip(
        IPL, 'at: "11:00"', 'at: "23:00"', "nobody is written to outside 08:00-21:00"
    ),
    "a key that names another day": Slip(
        IPL, "    day: 14\n    at:", "    day: 15\n    at:",
        "the step is due on day 15; name it so", at="key: day-14-two-weeks",
    ),
    "a length of time in words": Slip(
        "plans/superficial-chemical-peel-aftercare.yaml", "useful_for: PT36H",
        "useful_for: 36 hours", "'36 hours' is not a duration; write one such as PT24H or P3D",
    ),
    "an advertisement without its consent": Slip(
        "plans/superficial-chemical-peel-aftercare.yaml", "purpose: MARKETING", "purpose: CARE",
        "a step of kind REBOOK has the purpose MARKETING",
    ),
    "a red flag left out on day 0": Slip(
        IPL, "seek_help_if: [ALLERGIC_EMERGENCY, EYE,", "seek_help_if: [ALLERGIC_EMERGENCY,",
        "the red flag EYE is missing on day 0; add it to seek_help_if",
    ),
    "a red flag misspelled": Slip(
        "plans/prp-microneedling-aftercare.yaml", "seek_help_if: [INFECTION, SWELLING,",
        "seek_help_if: [INFECTIONS, SWELLING,",
        "unknown red flag 'INFECTIONS'; did you mean 'INFECTION'?",
    ),
    "a decision that nobody takes": Slip(
        "plans/dermabrasion-aftercare.yaml", "    decides: [COLD_SORE_HISTORY]\n", "",
        "nobody decides on COLD_SORE_HISTORY before", at="steps:",
    ),
    "an answer out of its place": Slip(
        "plans/prp-microneedling-aftercare.yaml", '- value: "3"', '- value: "4"',
        "the option in place 3 has the value 3; correct it",
    ),
    # --------------------------------------------------------------------------- messages
    "a variable misspelled": Slip(
        "plans/medium-chemical-peel-aftercare.yaml",
        f"{DISCREET}two weeks on. How are you doing? Reply",
        f"{DISCREET}two weeks on, {{{{ patient_nam }}}}. How are you doing? Reply",
        "unknown variable 'patient_nam'; did you mean patient_name?",
    ),
    "a discreet message that names the procedure": Slip(
        "plans/medium-chemical-peel-aftercare.yaml",
        f"{DISCREET}six weeks on.", f"{DISCREET}six weeks after the peel.",
        "'peel' gives a discreet message away",
    ),
    "a text too long for its price": Slip(
        "plans/rf-microneedling-aftercare.yaml", f"{DISCREET}four weeks on.",
        f"{DISCREET}four weeks on. {'We hope that you are very well indeed. ' * 6}",
        "takes 3 SMS parts, filled in and with the opt-out line; 2 are allowed; shorten it",
    ),
    "a curly quote in a text message": Slip(
        "plans/rf-microneedling-aftercare.yaml", f"{DISCREET}three months on.",
        f"{DISCREET}it’s three months now.", "’ is not in the SMS alphabet",
    ),
    "a medicine to be stopped": Slip(
        "plans/non-ablative-fractional-laser-aftercare.yaml", f"{DISCREET}four weeks on.",
        f"{DISCREET}four weeks on. Stop your aspirin.",
        "tells a patient to stop or start a medicine ('Stop your aspirin')",
    ),
    "an advertisement in care": Slip(
        "plans/non-ablative-fractional-laser-aftercare.yaml", f"{DISCREET}three months on.",
        f"{DISCREET}three months on: your discount waits.",
        "'discount' advertises in a care message",
    ),
    "a cream to numb with at home": Slip(
        "plans/microneedling-aftercare.yaml",
        "detailed: >-\n          {{ clinic_name }}: your microneedling is on",
        "detailed: >-\n          {{ clinic_name }}: bring numbing cream! Your visit is on",
        "'numbing cream' is put on at the clinic only",
    ),
    "a message that does not say who writes": Slip(
        "plans/microdermabrasion-aftercare.yaml", f"{DISCREET}one week on.",
        "discreet: >-\n          Hello, one week on.", 'begin with "{{ clinic_name }}"',
    ),
    # ----------------------------------------------------------------------- translations
    "a text left out of a translation": Slip(
        f"locales/es/{IPL}", "    title: ¿Qué medicamentos toma el paciente?\n", "",
        "steps.day-minus-14-clinician-medicines.title is not translated; add it",
        at="    body:\n      - >-\n        Busque medicamentos",
    ),
    "a step that the base does not have": Slip(
        "locales/es/plans/microdermabrasion-aftercare.yaml", "  day-minus-7-gentle-care:",
        "  day-minus-8-gentle-care:", "the base file has no 'day-minus-8-gentle-care' here, but",
    ),
    "a date changed by a translation": Slip(
        "locales/es/concerns/sun-damage.yaml", "aliases:", "review_by: 2040-01-01\naliases:",
        "a translation replaces texts only; remove this key from it", at="review_by:",
    ),
    "a translation of nothing": Slip(
        "locales/es/concerns/sagging.yaml", "", "title: Flacidez\n",
        "translates concerns/sagging.yaml, which is not there",
    ),
    "a percent sign that begins a translated text": Slip(
        "locales/es/glossary.yaml", "definition: ", "definition: % ", "a text cannot begin with %"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the command prints of a copy with every slip in it, line by line."""
    folder = tmp_path_factory.mktemp("catalog")
    for path, text in planted().items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return run(folder)


def planted() -> dict[str, str]:
    files = shipped_files()
    for slip in SLIPS.values():
        text = files.get(slip.file, "")
        assert slip.old in text, f"{slip.file} has no {slip.old!r} any more"
        files[slip.file] = text.replace(slip.old, slip.new, 1)
    return files


def run(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "services.launcher", "catalog", "check", str(folder)]
    ended = subprocess.run(  # noqa: S603 - our own command
        command, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    return ended.stderr.splitlines()


def expected(slip: Slip) -> str:
    text = planted()[slip.file]
    at = text.index(slip.at or slip.new)
    return f"{slip.file}:{text.count(chr(10), 0, at) + 1}: "


@pytest.mark.parametrize("name", SLIPS)
def test_names_the_file_the_line_and_what_to_do(report: list[str], name: str) -> None:
    slip = SLIPS[name]
    of_it = [line for line in report if line.startswith(expected(slip)) and slip.words in line]

    assert len(of_it) == 1, [line for line in report if line.startswith(slip.file)]


def test_the_command_names_no_other_fault(report: list[str]) -> None:
    counted, *lines = report

    assert counted == f"Error: {len(SLIPS)} to mend before this can be published:"
    assert len(lines) == len(SLIPS)


def test_the_slips_are_of_many_kinds() -> None:
    kinds = {slip.words for slip in SLIPS.values()}

    assert len(kinds) == len(SLIPS) > 20
