from pathlib import Path

import msgspec
import pytest

from tests.support.settings_reference import PAGE, READERS, reference

ROOT = Path(__file__).parents[2]


def test_the_settings_reference_says_what_is_declared() -> None:
    assert PAGE.read_text("utf-8") == reference(), "run: make reference"


@pytest.mark.parametrize("reader", READERS)
def test_every_setting_is_explained(reader: str) -> None:
    for field in msgspec.structs.fields(READERS[reader]):
        notes = getattr(field.type, "__metadata__", ())
        assert any(note.description for note in notes), field.name


def test_every_page_that_the_documents_link_to_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    assert [link for page in pages for link in _broken_links(page)] == []


def _broken_links(page: Path) -> list[str]:
    parts = page.read_text("utf-8").split("](")[1:]
    links = [part.partition(")")[0].partition("#")[0] for part in parts]
    return [
        f"{page.relative_to(ROOT)}: {link}"
        for link in links
        if link and "://" not in link and not (page.parent / link).exists()
    ]
