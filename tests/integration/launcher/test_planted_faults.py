"""The shipped catalog with many slips of the kinds that people make: the command names every one.

Each is what somebody who edits YAML in a pull request gets wrong, and no two are of one kind.
"""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from services.content.source.reader import shipped_files


class Slip(msgspec.Struct, frozen=True):
    """`old` becomes `new` in a file, where it is the first; told on the line of `at`, else of `new`.

    Without `old` the file is `new` altogether.
    """

    file: str
    old: str
    new: str
    words: str
    at: str = ""


SLIPS = {
    # ------------------------------------------------------------------------------ YAML
    "a tab": Slip(
        "concerns/acne.yaml", "  Blackheads,", "\tBlackheads,", "a tab; indent with spaces"
    ),
    "indented too far": Slip(
        "concerns/age-spots.yaml",
        "reviewed_at:", "  reviewed_at:", "the indentation does not fit that of the lines above",
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
        "plans/New plan.yaml", "", "title: New\n", "not a file of a catalog"
    ),
    # ----------------------------------------------------------------------------- shape
    "a key misspelled": Slip(
        "procedures/co2-laser.yaml", "misspellings:", "mispellings:",
        "unknown key 'mispellings'; did you mean 'misspellings'?",
    ),
    "a key left out": Slip(
        "procedures/er-yag-laser.yaml", "  performed_by: {text:", "  anesthesia: {text:",
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
        "concerns/stretch-marks.yaml", "review_by: 2028-11-22", "review_by: 2028-11-31",
        "write a date such as 2026-01-31",
    ),
    # ------------------------------------------------------------------ names and sources
    "a concern misspelled": Slip(
        "procedures/ipl.yaml", "concern: age-spots", "concern: age-spot",
        "unknown concern 'age-spot'; did you mean 'age-spots'?",
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
    "a price above its limit": Slip(
        "procedures/non-ablative-fractional-laser.yaml", "{min: ", "{min: 9",
        "", at="",
    ),
    # ----------------------------------------------------------------------------- pages
    "a review that was due": Slip(
        "concerns/post-acne-marks.yaml", "reviewed_at: 2026-11-22\nreview_by: 2028-11-22",
        "reviewed_at: 2023-11-22\nreview_by: 2024-11-22", "the review was due by 2024-11-22",
        at="review_by: 2024-11-22",
    ),
    "a web page's code in a text": Slip(
        "procedures/superficial-chemical-peel.yaml", "mechanism:\n  body:\n",
        "mechanism:\n  body:\n    - <b>Bold</b>\n", "HTML (<b>) is not allowed; use Markdown",
        at="<b>Bold</b>",
    ),
}
