"""A table has one row for each thing it explains: two rows could contradict each other."""

import re
from pathlib import Path

from services.content.domain.templates import VARIABLES
from tests.architecture.glossary import table

DOCS = Path(__file__).parents[2] / "docs"
OF_CHECK_INS = {"check_in_options", "check_in_url"}


def first_cells(page: str) -> list[str]:
    return re.findall(r"^\| (.+?) \|", (DOCS / page).read_text("utf-8"), re.MULTILINE)


def test_the_glossary_explains_a_word_once() -> None:
    words = [cells[0] for cells in table("word", "means", "not")]

    assert sorted(words) == sorted(set(words))


def test_the_guide_names_each_variable_of_a_message_once() -> None:
    cells = first_cells("guides/catalog-format.md")
    named = [name for cell in cells for name in re.findall(r"^`\{\{ (\w+)", cell)]

    assert sorted(named) == sorted(VARIABLES | OF_CHECK_INS | {"end_of"})
