import re
from pathlib import Path

import services.reading
from services.reading import refusals
from services.reading.concepts import BOUNDS, NEEDED, NEEDED_FOR_REFUSALS, SIGN_CONCEPTS, WORD_LISTS
from tests.support.reading_rules import shipped_rules

_OWN = {"SIGN_WORD", "RELIEF", "HARMLESS", "SPOILS", "SPOILS_AT_START", "THANKS"}
"""Concepts that the package makes itself."""


def test_every_concept_that_the_code_looks_for_is_needed() -> None:
    folder = Path(services.reading.__path__[0])
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    named = set(re.findall(r'(?:\bof|starts_at)\(\s*"([A-Z_]+)"', text))

    assert named - _OWN <= NEEDED


def test_every_concept_that_refusals_look_for_is_needed() -> None:
    text = Path(refusals.__file__).read_text("utf-8")
    named = set(re.findall(r'^_[A-Z]+: Final = "([A-Z_]+)"$', text, re.MULTILINE))

    assert named - BOUNDS == NEEDED_FOR_REFUSALS


def test_signs_are_needed_too() -> None:
    assert set(SIGN_CONCEPTS) <= NEEDED


def test_every_word_list_is_looked_up() -> None:
    folder = Path(services.reading.__path__[0])
    paths = [path for path in folder.glob("*.py") if path.name != "concepts.py"]
    text = "".join(path.read_text("utf-8") for path in paths)

    assert {name for name in WORD_LISTS if f'"{name}"' not in text} == set()


def test_word_lists_have_single_words() -> None:
    concepts = shipped_rules().concepts

    assert [word for name in WORD_LISTS for word in concepts[name] if " " in word] == []
