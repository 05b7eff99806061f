"""The phrase files: each phrase is read_as by one file and hidden by none that is asked before."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import services.bounces
from services.bounces.causes import IN_A_DIAGNOSTIC, Cause, cause_of

FOLDER = Path(services.bounces.__path__[0]) / "phrases"
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def tables(name: str) -> list[dict[str, list[str]]]:
    read: list[dict[str, list[str]]] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))[
        "phrases"
    ]
    return read


def phrases(name: str) -> list[str]:
    return [text for table in tables(name) for text in table["texts"]]


@pytest.mark.parametrize("name", FILES)
def test_each_group_of_phrases_names_where_it_comes_from(name: str) -> None:
    assert all(table["source"] for table in tables(name))


@pytest.mark.parametrize("name", FILES)
def test_phrases_are_lower_case_and_stand_once(name: str) -> None:
    assert [text for text in phrases(name) if text != text.lower()] == []
    assert sorted(set(phrases(name))) == sorted(phrases(name))


def test_no_phrase_has_two_causes() -> None:
    shared = {
        text
        for cause, other in combinations(Cause, 2)
        for text in set(phrases(cause)) & set(phrases(other))
    }

    assert shared == set()


@pytest.mark.parametrize("cause", list(Cause))
def test_a_phrase_is_not_hidden_by_one_of_another_cause(cause: Cause) -> None:
    read_as = {text: cause_of(text.replace("*", "of pat")) for text in phrases(cause)}

    assert {text: other for text, other in read_as.items() if other is not cause} == {}


def test_every_cause_is_asked_for() -> None:
    assert set(IN_A_DIAGNOSTIC) == set(Cause)
