import pytest

from services.contracts.catalog import (
    EvidenceLevel,
    Procedure,
    ProcedureFamily,
    SkinType,
    SkinTypeSuitability,
    Standing,
)
from services.gateway.snapshot.listing import ProcedureFilter, ProcedureSort, list_procedures
from tests.support.gateway.small_catalog import days, indication, procedure, snapshot_of


def listed(
    *procedures: Procedure,
    criteria: ProcedureFilter | None = None,
    sort: ProcedureSort = ProcedureSort.TITLE,
) -> list[str]:
    listing = list_procedures(
        snapshot_of(*procedures).edition(), criteria or ProcedureFilter(), sort
    )
    return [procedure.entry.slug for procedure in listing.items]


def test_lists_by_title_whatever_its_case() -> None:
    assert listed(procedure("b", title="beta"), procedure("a", title="Alpha")) == ["a", "b"]


def test_lists_the_shortest_downtime_first_and_the_unknown_last() -> None:
    procedures = [
        procedure("unknown"),
        procedure("long", days(5, 9, 12)),
        procedure("none", days(0, 0, 0)),
    ]
    assert listed(*procedures, sort=ProcedureSort.DOWNTIME) == ["none", "long", "unknown"]


def test_lists_the_least_invasive_first() -> None:
    deep, light = (
        procedure("deep", profile={"invasiveness": 9}),
        procedure("light", profile={"invasiveness": 2}),
    )
    assert listed(deep, light, sort=ProcedureSort.INVASIVENESS) == ["light", "deep"]


def test_an_unknown_downtime_never_passes_for_a_short_one() -> None:
    criteria = ProcedureFilter(max_downtime_days=30)
    assert listed(procedure("unknown"), criteria=criteria) == []


def test_the_longest_downtime_decides_and_not_the_typical() -> None:
    criteria = ProcedureFilter(max_downtime_days=3)
    assert listed(procedure("mostly-short", days(1, 2, 7)), criteria=criteria) == []


def test_filters_by_family() -> None:
    criteria = ProcedureFilter(family=frozenset({ProcedureFamily.DERMABRASION}))
    abrasion = procedure("abrasion", family=ProcedureFamily.DERMABRASION)
    assert listed(procedure("laser"), abrasion, criteria=criteria) == ["abrasion"]


def test_an_empty_list_of_families_lets_nothing_pass() -> None:
    assert listed(procedure("laser"), criteria=ProcedureFilter(family=frozenset())) == []


def test_filters_by_concern() -> None:
    treating = procedure("laser", treats=(indication("scars", EvidenceLevel.LIMITED),))
    assert listed(treating, procedure("other"), criteria=ProcedureFilter(concern="scars")) == [
        "laser"
    ]


@pytest.mark.parametrize(
    ("standing", "is_listed"),
    [
        (Standing.YES, True),
        (Standing.WITH_CARE, True),
        (Standing.ASK_CLINICIAN, True),
        (Standing.NO, False),
    ],
)
def test_filters_by_skin_type(standing: Standing, is_listed: bool) -> None:  # noqa: FBT001 - a column of the table above
    suited = procedure(
        "laser", suitability=(SkinTypeSuitability(skin_type=SkinType.VI, standing=standing),)
    )
    criteria = ProcedureFilter(skin_type=SkinType.VI)
    assert listed(suited, criteria=criteria) == (["laser"] if is_listed else [])


def test_a_procedure_that_says_nothing_of_a_skin_type_does_not_pass_for_it() -> None:
    assert listed(procedure("laser"), criteria=ProcedureFilter(skin_type=SkinType.VI)) == []


@pytest.mark.parametrize("sort", list(ProcedureSort))
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_put_together_are_the_whole_list(sort: ProcedureSort, size: int) -> None:
    procedures = [
        procedure("a", title="Same"),
        procedure("b", title="Same"),
        procedure("c", days(1, 2, 3)),
        procedure("d", days(None, None, 2)),
        procedure("e", profile={"invasiveness": 1}),
    ]
    whole = list_procedures(snapshot_of(*procedures).edition(), ProcedureFilter(), sort)
    seen: list[str] = []
    after = None
    has_next = True
    while has_next:
        page = whole.page(size, after)
        seen += [procedure.entry.slug for procedure in page.items]
        after, has_next = page.keys[-1], page.has_next
    assert seen == [procedure.entry.slug for procedure in whole.items]


def test_a_page_of_size_zero_says_whether_there_is_more() -> None:
    listing = list_procedures(
        snapshot_of(procedure("a")).edition(), ProcedureFilter(), ProcedureSort.TITLE
    )
    assert listing.page(0, None).has_next
