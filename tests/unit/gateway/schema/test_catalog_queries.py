"""Public fields, over the shipped catalog."""

from functools import cache
from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.catalog import EvidenceLevel, Source
from services.gateway.schema import ids
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    NOW,
    FakeClient,
    request_of,
    shipped_snapshot,
)
from tests.support.gateway.small_catalog import concern, indication, procedure, snapshot_of
from tests.support.gateway.whole_schema import answer_of, data_of, refused_codes, whole_schema


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def ask(text: str, snapshot: Snapshot | None = None, **variables: Any) -> ExecutionResult:
    """Anonymously; a question to a service would fail."""
    return answer_of(FakeClient(), ANONYMOUS, text, variables, snapshot or shipped())


def data(text: str, snapshot: Snapshot | None = None, **variables: Any) -> Any:
    return data_of(ask(text, snapshot, **variables))


WHOLE_PROCEDURE = """
query ($slug: String!) { procedure(slug: $slug) {
  id slug title summary locale isFallbackLocale reviewedAt
  release { version publishedAt contentHash }
  family parent { slug } variants { slug } aliases
  mechanism { ...block } devices { slug name description depthMillimeters { min max }
    adjustableDepth sources { key } }
  steps { order title body { ...block } }
  benefits { name description evidence sources { key } }
  treats { concern { title } evidence note sources { key } }
  sideEffects { name description rarity duration { min typical max } sources { key } }
  contraindications { code label standing sources { key } }
  redFlags { code label action severity isEmergency }
  suitability { skinType standing note }
  profile { invasiveness discomfort { min max } downtime { min typical max }
    redness { min typical max } sessionMinutes { min typical max }
    sessions { min typical max } intervalDays { min typical max }
    resultsAfter { min typical max } resultsLast { min typical max } anesthesia performedBy
    cost { min max currency year perSession region } }
  combinations { partner description evidence cautions sources { key } }
  aftercarePlans { slug version }
  faq { question answer { ...block } }
  sources { key title publisher url grade }
} }
fragment block on ContentBlock { __typename text
  ... on Paragraph { markdown } ... on Checklist { title items }
  ... on Notice { severity markdown } }
"""


@pytest.mark.parametrize("slug", list(shipped_snapshot().edition().procedures))
def test_every_field_of_every_shipped_procedure_can_be_read(slug: str) -> None:
    assert data(WHOLE_PROCEDURE, slug=slug)["procedure"]["slug"] == slug


def test_every_field_of_a_shipped_plan_can_be_read() -> None:
    plan = data(
        """{ aftercarePlan(slug: "microneedling-aftercare") {
             id slug title summary locale isFallbackLocale reviewedAt release { version } version
             procedures { slug }
             steps { key kind purpose title body { text } after day at usefulFor channels
                     seekHelpIf { code } sources { key } spread } } }"""
    )["aftercarePlan"]
    assert len(plan["steps"]) == len(
        shipped().edition().plans["microneedling-aftercare"].entry.steps
    )


def test_a_slug_that_nothing_has_is_null() -> None:
    assert data(
        """{ procedure(slug: "nope") { id } concern(slug: "") { id }
             aftercarePlan(slug: "nope") { id } }"""
    ) == {"procedure": None, "concern": None, "aftercarePlan": None}


def test_a_plan_is_found_only_under_its_version() -> None:
    assert data(
        """{ same: aftercarePlan(slug: "microneedling-aftercare", version: 4) { version }
             other: aftercarePlan(slug: "microneedling-aftercare", version: 99) { version } }"""
    ) == {"same": {"version": 4}, "other": None}


def test_an_id_carries_the_locale_asked_for_and_leads_back() -> None:
    selected = data("""{ procedure(slug: "microneedling", locale: "fr-CA") { id locale } }""")
    public_id = selected["procedure"]["id"]
    assert ids.decode(public_id) == ("Procedure", ["microneedling", "fr"])
    again = data(
        """query ($id: ID!) { node(id: $id) { id ... on Content { isFallbackLocale } } }""",
        id=public_id,
    )
    assert again == {"node": {"id": public_id, "isFallbackLocale": True}}


@pytest.mark.parametrize(
    "public_id",
    [
        "",
        "garbage",
        ids.encode("Procedure", "microneedling"),
        ids.encode("Procedure", "microneedling", "EN"),
        ids.encode("Procedure", "microneedling", "en-US"),
        ids.encode("Procedure", "microneedling", "en_US"),
        ids.encode("Procedure", "nope", "en"),
        ids.encode("AftercarePlan", "microneedling-aftercare", "en"),
        ids.encode("AftercarePlan", "microneedling-aftercare", "en", 1),
        ids.encode("Nothing", "7"),
        ids.encode("Patient", 12),
        ids.encode("Clinic", 7),
    ],
)
def test_an_id_that_cannot_be_had_is_null(public_id: str) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id, $id]) { id } }"
    assert data(query, id=public_id) == {"node": None, "nodes": [None, None]}


def test_nodes_come_in_the_order_of_their_ids() -> None:
    wanted = [
        ids.encode("Concern", "acne-scars", "en"),
        "garbage",
        ids.encode("AftercarePlan", "microneedling-aftercare", "en", 4),
        ids.encode("Concern", "acne-scars", "en"),
    ]
    answered = data("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=wanted)
    assert [node and node["__typename"] for node in answered["nodes"]] == [
        "Concern",
        None,
        "AftercarePlan",
        "Concern",
    ]


def test_more_than_fifty_nodes_are_refused() -> None:
    result = ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 51)
    assert refused_codes(result) == ["BAD_USER_INPUT"]


def test_pages_put_together_are_the_whole_list() -> None:
    query = """query ($after: String) { procedures(first: 1, after: $after, sort: INVASIVENESS) {
        totalCount nodes { slug } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    seen: list[str] = []
    cursor = None
    while True:
        page = data(query, after=cursor)["procedures"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(seen)
        seen += [node["slug"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == page["totalCount"] == len(shipped().edition().procedures)


def test_a_page_of_none_is_empty_and_counts_all_the_same() -> None:
    page = data("{ concerns(first: 0) { totalCount nodes { id } pageInfo { hasNextPage } } }")
    assert page["concerns"] == {
        "totalCount": len(shipped().edition().concerns),
        "nodes": [],
        "pageInfo": {"hasNextPage": True},
    }


@pytest.mark.parametrize("first", [-1, 101, 2**31 - 1])
def test_a_size_out_of_range_is_refused_and_not_cut(first: int) -> None:
    result = ask("query ($n: Int) { procedures(first: $n) { totalCount } now }", n=first)
    assert refused_codes(result) == ["BAD_USER_INPUT"]
    assert result.data == {"procedures": None, "now": "2026-12-01T09:00:00Z"}


def test_a_size_of_null_is_the_usual_size() -> None:
    page = data("{ concerns(first: null) { nodes { id } } }")
    assert len(page["concerns"]["nodes"]) == len(shipped().edition().concerns)


CURSOR = """{ procedures(first: 1) { pageInfo { endCursor } } }"""
AFTER = "query ($after: String) { procedures(after: $after) { totalCount } }"


def cursor_of(text: str = CURSOR, snapshot: Snapshot | None = None) -> str:
    (connection,) = data(text, snapshot).values()
    return str(connection["pageInfo"]["endCursor"])


@pytest.mark.parametrize(
    "text",
    [
        "{ concerns(first: 1) { pageInfo { endCursor } } }",
        "{ procedures(first: 1, sort: DOWNTIME) { pageInfo { endCursor } } }",
        '{ procedures(first: 1, locale: "fr") { pageInfo { endCursor } } }',
    ],
)
def test_a_cursor_of_another_list_is_refused(text: str) -> None:
    assert refused_codes(ask(AFTER, after=cursor_of(text))) == ["INVALID_CURSOR"]


def test_a_cursor_of_another_release_is_refused() -> None:
    older = snapshot_of(procedure("microneedling"), content_hash="older")
    assert refused_codes(ask(AFTER, after=cursor_of(snapshot=older))) == ["INVALID_CURSOR"]


def test_a_cursor_that_was_made_up_is_refused() -> None:
    assert refused_codes(ask(AFTER, after="zzz")) == ["INVALID_CURSOR"]


def two_concerns() -> Snapshot:
    treats = tuple(indication(slug, EvidenceLevel.LIMITED) for slug in ("scars", "lines"))
    return snapshot_of(
        procedure("a", treats=treats),
        procedure("b", treats=treats),
        concerns=(concern("scars"), concern("lines")),
    )


def test_a_cursor_of_one_concern_fails_under_the_others_alone() -> None:
    answered = data(
        """{ concern(slug: "scars") { procedures(first: 1) { pageInfo { endCursor } } } }""",
        two_concerns(),
    )
    result = ask(
        """query ($after: String) { concerns { nodes { slug
             procedures(after: $after) { nodes { slug } } } } }""",
        two_concerns(),
        after=answered["concern"]["procedures"]["pageInfo"]["endCursor"],
    )
    assert refused_codes(result) == ["INVALID_CURSOR"]


def test_an_edge_under_a_concern_tells_how_it_treats_it() -> None:
    edges = data(
        """{ concern(slug: "acne-scars") { procedures { edges {
             indication { evidence concern { slug } } node { slug } } } } }"""
    )["concern"]["procedures"]["edges"]
    assert {edge["indication"]["concern"]["slug"] for edge in edges} == {"acne-scars"}


def test_an_edge_elsewhere_has_no_indication() -> None:
    edges = data("{ procedures(first: 1) { edges { indication { note } } } }")
    assert edges["procedures"]["edges"] == [{"indication": None}]


def test_less_evidence_than_asked_for_is_left_out() -> None:
    answered = data(
        """{ procedure(slug: "microneedling") {
             treats(minimumEvidence: MODERATE) { evidence } } }"""
    )
    assert {each["evidence"] for each in answered["procedure"]["treats"]} == {"MODERATE"}


def test_side_effects_can_be_told_by_rarity() -> None:
    answered = data(
        """{ procedure(slug: "microneedling") { sideEffects(rarity: EXPECTED) { rarity } } }"""
    )
    assert {each["rarity"] for each in answered["procedure"]["sideEffects"]} == {"EXPECTED"}


def test_procedures_are_filtered_by_all_that_is_said() -> None:
    answered = data(
        """{ procedures(filter: {family: [MICRONEEDLING, LASER], concern: "acne-scars",
             maxDowntimeDays: 7, skinType: IV}) { nodes { slug } } }"""
    )
    assert [node["slug"] for node in answered["procedures"]["nodes"]] == [
        "microneedling",
        "prp-microneedling",
        "non-ablative-fractional-laser",
        "rf-microneedling",
    ]


def test_procedures_are_compared() -> None:
    answered = data(
        """{ comparison(procedures: ["dermabrasion", "microneedling", "nope"],
             dimensions: [DOWNTIME]) {
             procedures { slug } unknownSlugs guidance verdicts { text sources { key } }
             rows { dimension label unit better
                    cells { procedure { slug } text min typical max isBest isUnknown
                            sources { key } } } } }"""
    )["comparison"]
    assert answered["unknownSlugs"] == ["nope"]
    assert [cell["isBest"] for cell in answered["rows"][0]["cells"]] == [False, True]


@pytest.mark.parametrize(
    ("locale", "cost"),
    [
        ("en", "USD 2,000–4,000 per session"),
        ("en-GB", "USD 2,000–4,000 per session"),
        ("es", "2000–4000 USD por sesión"),
        ("es-ES", "2000–4000 USD por sesión"),
        ("es-MX", "USD 2,000–4,000 por sesión"),
        ("es-US", "USD 2,000–4,000 por sesión"),
        ("es-CO", "USD 2.000–4.000 por sesión"),
    ],
)
def test_figures_are_those_of_the_place_that_is_asked_for(locale: str, cost: str) -> None:
    answered = data(
        """query ($locale: Locale) { comparison(procedures: ["co2-laser", "microneedling"],
             dimensions: [COST], locale: $locale) { rows { cells { text } } } }""",
        locale=locale,
    )

    assert cost in answered["comparison"]["rows"][0]["cells"][0]["text"]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_two_to_six_procedures_are_compared(count: int) -> None:
    result = ask(
        "query ($slugs: [String!]!) { comparison(procedures: $slugs) { guidance } }",
        slugs=[f"p{number}" for number in range(count)],
    )
    assert refused_codes(result) == ["BAD_USER_INPUT"]


def test_the_same_procedure_twice_is_nothing_to_compare() -> None:
    result = ask("""{ comparison(procedures: ["a", "a"]) { guidance } }""")
    assert refused_codes(result) == ["BAD_USER_INPUT"]


def test_conditions_and_words_are_explained() -> None:
    answered = data("{ contraindications { code label question } glossary { term definition } }")
    catalog = shipped().edition().catalog
    assert [each["code"] for each in answered["contraindications"]] == [
        contraindication.code for contraindication in catalog.contraindications
    ]
    assert len(answered["glossary"]) == len(catalog.glossary)


def test_all_catalog_fields_are_of_one_release() -> None:
    answered = data(
        """{ catalogRelease { version } procedure(slug: "microneedling") { release { version } }
             concerns(first: 1) { nodes { release { version } } } }"""
    )
    assert answered["catalogRelease"] == answered["procedure"]["release"]


def test_without_a_release_catalog_fields_say_so_and_others_answer() -> None:
    result = execute_with_oracle(
        whole_schema(),
        """{ now catalogRelease { version } procedure(slug: "a") { id }
             procedures { totalCount } }""",
        request_of(snapshot=None),
    )
    assert refused_codes(result) == ["CATALOG_UNAVAILABLE"] * 3
    assert result.data is not None
    assert result.data["now"] == NOW.isoformat().replace("+00:00", "Z")


def test_nobody_is_who_asks_without_a_key() -> None:
    assert data("{ access { mode } viewer { __typename } }") == {"access": None, "viewer": None}


def test_a_source_on_plain_http_is_told_without_its_link() -> None:
    linked = Source(key="a", title="A", url="https://example.com/a", grade="A")
    plain = Source(key="b", title="B", url="http://example.com/b", grade="A")
    answered = data(
        """{ procedure(slug: "laser") { sources { url } } }""",
        snapshot_of(procedure("laser", sources=(linked, plain))),
    )
    urls = [source["url"] for source in answered["procedure"]["sources"]]
    assert urls == ["https://example.com/a", None]


SEARCH = """
query ($sought: String!, $first: Int) { search(text: $sought, first: $first) {
  node { __typename id slug title } excerpt score matched } }
"""
OPTIONS = """
query ($needs: ProcedureNeeds!) { procedureOptions(needs: $needs) {
  procedure { slug } standing score reasons { text favorable sources { key } } } }
"""


def test_search_finds_entries_of_every_kind() -> None:
    hits = data(SEARCH, sought="microneedling")["search"]

    assert hits[0]["node"]["slug"] == "microneedling"
    assert {hit["node"]["__typename"] for hit in hits} == {"Procedure", "AftercarePlan"}


@pytest.mark.parametrize(("sought", "first"), [("x" * 201, 10), ("laser", 0), ("laser", 51)])
def test_a_search_without_bounds_is_refused(sought: str, first: int) -> None:
    assert refused_codes(ask(SEARCH, sought=sought, first=first)) == ["BAD_USER_INPUT"]


def test_options_explain_themselves() -> None:
    needs = {"concerns": ["acne-scars"], "skinType": "IV", "conditions": ["PREGNANCY"]}
    answered = data(OPTIONS, needs=needs)["procedureOptions"]
    needling = next(each for each in answered if each["procedure"]["slug"] == "microneedling")

    assert needling["standing"] == "NO"
    assert any("Pregnancy" in each["text"] and each["sources"] for each in needling["reasons"])


@pytest.mark.parametrize(
    "needs",
    [
        {"concerns": []},
        {"concerns": ["boredom"]},
        {"concerns": ["acne-scars"], "conditions": ["HICCUPS"]},
        {"concerns": ["acne-scars"], "maxDowntimeDays": -1},
        {"concerns": ["acne-scars"], "maxDiscomfort": 11},
    ],
)
def test_needs_that_cannot_be_weighed_are_refused(needs: dict[str, Any]) -> None:
    assert refused_codes(ask(OPTIONS, needs=needs)) == ["BAD_USER_INPUT"]
