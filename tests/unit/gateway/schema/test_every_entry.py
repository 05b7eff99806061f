"""Everything that is public, for every entry, in every locale that ships."""

from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.fake_calls import ANONYMOUS, FakeClient, shipped_snapshot
from tests.support.gateway.whole_schema import answer_of, data_of, whole_schema
from tests.support.gateway.whole_selection import whole_selection

PRIVATE = frozenset({"ClinicalReview"})


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def entries(field: str) -> list[tuple[str, str, str]]:
    """Field of the query, slug and locale of each."""
    shelves = {"procedure": "procedures", "concern": "concerns", "aftercarePlan": "plans"}
    return [
        (field, slug, locale)
        for locale in sorted(shipped().release.catalogs)
        for slug in getattr(shipped().edition(locale), shelves[field])
    ]


def whole(type_name: str, *but: str) -> str:
    return whole_selection(whole_schema(), type_name, PRIVATE | set(but))


def data(text: str, **variables: Any) -> Any:
    return data_of(answer_of(FakeClient(), ANONYMOUS, text, variables, shipped()))


@pytest.mark.parametrize(
    ("field", "slug", "locale"),
    [*entries("procedure"), *entries("concern"), *entries("aftercarePlan")],
)
def test_an_entry_tells_all_there_is_of_it(field: str, slug: str, locale: str) -> None:
    type_name = field[0].upper() + field[1:]
    selection = whole(type_name)
    text = f"query ($slug: String!, $l: Locale) {{ {field}(slug: $slug, locale: $l) {selection} }}"

    entry = data(text, slug=slug, l=locale)[field]

    assert (entry["slug"], entry["__typename"]) == (slug, type_name)


@pytest.mark.parametrize("locale", sorted(shipped().release.catalogs))
def test_every_procedure_compares_with_its_neighbor(locale: str) -> None:
    slugs = sorted(shipped().edition(locale).procedures)
    selection = whole("Comparison", "Procedure")
    comparison = f"comparison(procedures: $p, locale: $l) {selection}"
    text = f"query ($p: [String!]!, $l: Locale) {{ {comparison} }}"

    for pair in pairwise(slugs):
        rows = data(text, p=list(pair), l=locale)["comparison"]["rows"]
        assert all(cell["text"] for row in rows for cell in row["cells"])


@pytest.mark.parametrize("locale", sorted(shipped().release.catalogs))
@pytest.mark.parametrize(
    ("field", "type_name"), [("contraindications", "ContraindicationTerm"), ("glossary", "Term")]
)
def test_every_list_of_words_is_told_whole(field: str, type_name: str, locale: str) -> None:
    text = f"query ($l: Locale) {{ {field}(locale: $l) {whole(type_name)} }}"

    assert data(text, l=locale)[field]
