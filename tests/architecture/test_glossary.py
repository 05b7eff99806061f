import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.glossary import misused_word, table, terms
from tests.architecture.source_tree import (
    defined_names,
    one_line_comprehension_names,
    python_files,
)

OF_SHORT_LOOPS = ("one", "each")


def misused_names(path: str, tree: ast.Module) -> Iterator[str]:
    """The names of a file, its own and its folder's included, that the glossary refuses."""
    names = Counter(defined_names(tree))
    names.subtract(name for name in one_line_comprehension_names(tree) if name in OF_SHORT_LOOPS)
    names.update([Path(path).stem, Path(path).parent.name])
    for name, count in names.items():
        if count > 0 and (word := misused_word(name, path)):
            yield f"{path}: {name} ({word})"


def test_names_keep_to_the_glossary() -> None:
    files = python_files("services", "tests", "bench")
    misused = [name for path, tree in files.items() for name in misused_names(path, tree)]

    assert misused == []


def test_a_refused_word_is_not_a_term_of_its_own() -> None:
    words = {
        word.strip() for cells in table("word", "means", "not") for word in cells[0].split(",")
    }

    assert words.isdisjoint(" ".join(phrase) for phrase in terms())


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("carrier", "carrier"),
        ("CARRIERS", "carrier"),
        ("_HttpCarrier", "carrier"),
        ("kill_switches", None),
        ("KillSwitch", "kill switch"),
        ("test_a_carrier_is_away", "carrier"),
        ("test_a_refusal_is_told", None),
        ("is_told", "told"),
        ("one", "one"),
        ("_found", "_found"),
        ("not_found", None),
        ("step", None),
    ],
)
def test_a_name_is_read_word_by_word(name: str, word: str | None) -> None:
    assert misused_word(name, "services/reminders/service.py") == word


def test_a_stored_name_stays_where_it_is_stored() -> None:
    assert misused_word("lane", "services/reminders/delivery/storage/claims.py") is None
    assert misused_word("lane", "services/reminders/delivery/domain/dispatch.py") == "lane"
