from msgspec.structs import replace

from services.contracts.catalog import (
    DayRange,
    EvidenceLevel,
    MoneyRange,
    Procedure,
    Rarity,
    SideEffect,
    SkinType,
    SkinTypeSuitability,
    Source,
    Standing,
    Verdict,
)
from services.gateway.snapshot.comparison import Comparison, Row, compare
from services.gateway.snapshot.dimensions import Dimension
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.content.catalog import shipped_release
from tests.support.gateway.small_catalog import concern, days, indication, procedure, snapshot_of


def compared(*procedures: Procedure, verdicts: tuple[Verdict, ...] = ()) -> Comparison:
    edition = snapshot_of(*procedures, verdicts=verdicts).edition()
    return compare(edition, [procedure.slug for procedure in procedures], None)


def row(comparison: Comparison, dimension: Dimension) -> Row:
    (only_row,) = [row for row in comparison.rows if row.dimension == dimension]
    return only_row


def downtime(*ranges: DayRange) -> Row:
    procedures = [procedure(f"p{number}", days) for number, days in enumerate(ranges)]
    return row(compared(*procedures), Dimension.DOWNTIME)


def best(row: Row) -> list[bool]:
    return [cell.is_best for cell in row.cells]


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]


def test_the_shorter_downtime_is_the_better_one() -> None:
    assert best(downtime(days(1, 2, 3), days(7, 10, 14))) == [True, False]


def test_an_unknown_figure_is_never_best() -> None:
    assert best(downtime(days(1, 2, 3), DayRange(), days(7, 10, 14))) == [True, False, False]


def test_an_unknown_figure_says_so_and_is_not_zero() -> None:
    unknown = downtime(days(1, 2, 3), DayRange()).cells[1]
    assert (unknown.is_unknown, unknown.text, unknown.figure.min) == (True, "Unknown", None)


def test_zero_is_known() -> None:
    none_at_all = downtime(days(0, 0, 0), days(1, 2, 3)).cells[0]
    assert (none_at_all.is_unknown, none_at_all.text) == (False, "0 days")


def test_the_only_known_figure_is_not_best() -> None:
    assert best(downtime(days(1, 2, 3), DayRange())) == [False, False]


def test_equal_figures_have_no_best() -> None:
    assert best(downtime(days(1, 2, 3), days(1, 2, 3))) == [False, False]


def test_two_that_are_equal_and_ahead_are_both_best() -> None:
    assert best(downtime(days(1, 2, 3), days(1, 2, 3), days(4, 5, 6))) == [True, True, False]


def test_ranges_that_contradict_each_other_have_no_best() -> None:
    assert best(downtime(days(1, None, 14), days(3, None, 7))) == [False, False]


def test_figures_that_share_no_bound_are_not_compared() -> None:
    assert best(downtime(days(1, None, None), days(None, None, 7))) == [False, False]


def test_knowing_only_the_least_of_something_decides_nothing() -> None:
    assert best(downtime(days(1, None, 5), days(2, None, None))) == [False, False]


def test_a_broader_entry_does_not_win_against_its_own_variant() -> None:
    family = procedure("laser", days(0, 1, 2))
    variant = procedure("co2", days(5, 7, 14), parent="laser")
    assert best(row(compared(family, variant), Dimension.DOWNTIME)) == [False, False]


def test_a_family_is_never_best_nor_beaten_as_if_it_were_one() -> None:
    edition = Snapshot(shipped_release()).edition()
    comparison = compare(edition, ["chemical-peel", "microneedling"], [Dimension.DOWNTIME])
    assert best(comparison.rows[0]) == [False, False]


def test_variants_of_a_family_are_compared_with_each_other() -> None:
    family = procedure("laser", days(0, 7, 14))
    gentle = procedure("gentle", days(1, 2, 3), parent="laser")
    strong = procedure("strong", days(5, 7, 14), parent="laser")
    downtimes = row(compared(family, gentle, strong), Dimension.DOWNTIME)
    assert best(downtimes) == [False, True, False]


def test_longer_lasting_results_are_the_better_ones() -> None:
    short = procedure("short", profile={"results_last": days(30, 60, 90)})
    long = procedure("long", profile={"results_last": days(180, 365, None)})
    assert best(row(compared(short, long), Dimension.RESULTS_LAST)) == [False, True]


def test_figures_in_which_neither_is_better_have_no_best() -> None:
    often = procedure("often", profile={"interval_days": days(7, 7, 7)})
    seldom = procedure("seldom", profile={"interval_days": days(28, 28, 28)})
    assert best(row(compared(often, seldom), Dimension.INTERVAL)) == [False, False]


def money(least: int, most: int, currency: str = "USD") -> MoneyRange:
    return MoneyRange(min=least, max=most, currency=currency, per_session=True, year=2025)


def test_prices_in_one_currency_are_compared() -> None:
    cheap = procedure("cheap", profile={"cost": (money(100, 200),)})
    dear = procedure("dear", profile={"cost": (money(900, 2_000),)})
    assert best(row(compared(cheap, dear), Dimension.COST)) == [True, False]


def test_prices_in_two_currencies_are_not_compared() -> None:
    dollars = procedure("dollars", profile={"cost": (money(100, 200),)})
    yen = procedure("yen", profile={"cost": (money(90, 150, "JPY"),)})
    assert best(row(compared(dollars, yen), Dimension.COST)) == [False, False]


def test_a_price_shows_its_unit_and_year() -> None:
    priced = procedure("priced", profile={"cost": (money(100, 200),)})
    prices = row(compared(priced, procedure("other")), Dimension.COST)
    assert texts(prices) == ["USD 100–200 per session (2025)", "Unknown"]


def test_a_price_names_the_country_it_is_of() -> None:
    local = replace(money(100, 200), region="US")
    priced = procedure("local", profile={"cost": (local,)})
    prices = row(compared(priced, procedure("other")), Dimension.COST)
    assert texts(prices)[0] == "USD 100–200 per session (United States, 2025)"


def test_texts_are_ready_to_show() -> None:
    downtimes = downtime(
        days(2, 3, 5), days(None, 1, None), days(None, None, 7), days(2.5, None, None)
    )
    assert texts(downtimes) == [
        "2–5 days, typically 3 days",
        "1 day",
        "up to 7 days",
        "at least 2.5 days",
    ]


def test_no_listed_risk_is_unknown_and_not_none() -> None:
    scarring = SideEffect(name="Scarring", rarity=Rarity.RARE_SERIOUS, sources=())
    risky = procedure("risky", side_effects=(scarring,))
    risks = row(compared(risky, procedure("other")), Dimension.SERIOUS_RISKS)
    assert [(cell.text, cell.is_unknown) for cell in risks.cells] == [
        ("Scarring", False),
        ("Unknown", True),
    ]


def test_risks_whose_names_have_commas_are_kept_apart() -> None:
    names = ("Infection, herpes included", "Scarring")
    effects = tuple(SideEffect(name=name, rarity=Rarity.RARE_SERIOUS, sources=()) for name in names)
    risky = procedure("risky", side_effects=effects)
    risks = row(compared(risky, procedure("other")), Dimension.SERIOUS_RISKS)
    assert texts(risks)[0] == "Infection, herpes included; Scarring"


def test_skin_types_are_grouped_by_standing() -> None:
    suits = tuple(
        SkinTypeSuitability(skin_type=skin_type, standing=standing)
        for skin_type, standing in [
            (SkinType.I, Standing.YES),
            (SkinType.II, Standing.YES),
            (SkinType.VI, Standing.NO),
        ]
    )
    skin_types = row(
        compared(procedure("laser", suitability=suits), procedure("b")), Dimension.SKIN_TYPES
    )
    assert skin_types.cells[0].text == "I, II: suitable; VI: not advised"


def test_concerns_are_shown_by_title() -> None:
    treating = procedure("laser", treats=(indication("scars", EvidenceLevel.STRONG),))
    edition = snapshot_of(treating, procedure("b"), concerns=(concern("scars"),)).edition()
    concerns = row(compare(edition, ["laser", "b"], None), Dimension.CONCERNS)
    assert texts(concerns) == ["Scars", "Unknown"]


def test_cells_name_the_sources_of_their_figure() -> None:
    source = Source(key="a-study", title="A study", grade="A")
    sourced = procedure("a", days(1, 2, 3), profile={"sources": {"downtime": (source,)}})
    assert row(compared(sourced, procedure("b")), Dimension.DOWNTIME).cells[0].sources == (source,)


def test_unknown_slugs_are_listed() -> None:
    edition = snapshot_of(procedure("a"), procedure("b")).edition()
    assert compare(edition, ["a", "x", "b", "x"], None).unknown_slugs == ["x"]


def test_rows_come_in_the_order_asked_for_and_once() -> None:
    edition = snapshot_of(procedure("a"), procedure("b")).edition()
    requested = [Dimension.COST, Dimension.DOWNTIME, Dimension.COST]
    rows = compare(edition, ["a", "b"], requested).rows
    assert [row.dimension for row in rows] == [Dimension.COST, Dimension.DOWNTIME]


def test_a_verdict_is_shown_only_if_all_its_procedures_are_compared() -> None:
    about_two = Verdict(procedures=("a", "b"), text="A is gentler.", sources=())
    about_more = Verdict(procedures=("a", "c"), text="C is deeper.", sources=())
    comparison = compared(procedure("a"), procedure("b"), verdicts=(about_two, about_more))
    assert [verdict.text for verdict in comparison.verdicts] == ["A is gentler."]


def test_a_translated_catalog_is_compared_in_its_own_language() -> None:
    snapshot = snapshot_of(procedure("a", days(1.5, 2, 3)), procedure("b"), locales=("en", "es"))
    downtimes = row(compare(snapshot.edition("es-ES"), ["a", "b"], None), Dimension.DOWNTIME)
    assert (downtimes.label, *texts(downtimes)) == (
        "Tiempo de recuperación",
        "1,5–3 días, lo habitual 2 días",
        "No se sabe",
    )


def test_every_dimension_of_the_shipped_catalog_can_be_told() -> None:
    edition = Snapshot(shipped_release()).edition()
    rows = compare(edition, list(edition.procedures)[:6], None).rows
    assert [row.dimension for row in rows] == list(Dimension)
