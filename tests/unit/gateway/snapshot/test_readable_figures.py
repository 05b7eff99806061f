import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.snapshot.dimensions import Unit
from services.gateway.snapshot.readable_figures import amount, money, spread, territory
from services.gateway.snapshot.wording import Wording, wording_for

ENGLISH, SPANISH = wording_for("en"), wording_for("es")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, Unit.DAYS, "1 day"),
        (0.5, Unit.DAYS, "0.5 days"),
        (1, Unit.MINUTES, "1 minute"),
        (0.25, Unit.MILLIMETERS, "0.25 mm"),
        (7, Unit.SCALE_0_10, "7 of 10"),
        (3.0, Unit.COUNT, "3"),
    ],
)
def test_an_amount_has_its_unit(value: float, unit: Unit, text: str) -> None:
    assert amount(value, unit, ENGLISH) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, Unit.DAYS, "1 día"),
        (2.5, Unit.MINUTES, "2,5 minutos"),
        (0.25, Unit.MILLIMETERS, "0,25 mm"),
        (7, Unit.SCALE_1_10, "7 de 10"),
    ],
)
def test_spanish_has_a_decimal_comma(value: float, unit: Unit, text: str) -> None:
    assert amount(value, unit, SPANISH) == text


def test_a_spread_has_one_unit() -> None:
    assert spread(0.5, 1, Unit.DAYS, ENGLISH) == "0.5–1 days"


def test_a_spread_of_two_keeps_both_its_ends() -> None:
    assert spread(2, 22, Unit.DAYS, SPANISH) == "2–22 días"


def test_nothing_known_is_no_text() -> None:
    assert spread(None, None, Unit.DAYS, ENGLISH) is None


def test_money_names_its_currency_and_groups_thousands() -> None:
    assert money(1200, 3500, "USD", ENGLISH) == "USD 1,200–3,500"


def test_money_in_spanish_names_its_currency_last() -> None:
    assert money(200, 13500, "EUR", SPANISH) == "200–13.500 EUR"


@pytest.mark.parametrize(
    ("code", "text"), [("US", "Estados Unidos"), ("GB", "Reino Unido"), ("Galicia", "Galicia")]
)
def test_a_place_is_named_where_there_is_a_name(code: str, text: str) -> None:
    assert territory(code, SPANISH.locale) == text


@given(
    st.floats(min_value=0, max_value=10_000_000, allow_subnormal=False),
    st.sampled_from(Unit),
    st.sampled_from([ENGLISH, SPANISH]),
)
def test_no_figure_has_an_exponent_or_a_thin_space(
    value: float, unit: Unit, words: Wording
) -> None:
    text = amount(value, unit, words)

    assert "e+" not in text
    assert "e-" not in text
    assert not any(space in text for space in "\u202f\u2009\u00a0")


# As ICU 78 writes them, which has the data of CLDR 48: Intl.NumberFormat(tag).format(value).
AS_ICU = {
    "en-US": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "en-GB": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "en-IN": ("1.5", "1,000", "1,200", "10,000", "12,34,567.5"),
    "es": ("1,5", "1000", "1200", "10.000", "1.234.567,5"),
    "es-ES": ("1,5", "1000", "1200", "10.000", "1.234.567,5"),
    "es-MX": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "es-US": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "es-419": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "es-AR": ("1,5", "1.000", "1.200", "10.000", "1.234.567,5"),
    "es-CO": ("1,5", "1.000", "1.200", "10.000", "1.234.567,5"),
    "es-CL": ("1,5", "1.000", "1.200", "10.000", "1.234.567,5"),
    "es-PE": ("1.5", "1,000", "1,200", "10,000", "1,234,567.5"),
    "es-VE": ("1,5", "1.000", "1.200", "10.000", "1.234.567,5"),
}
VALUES = (1.5, 1000, 1200, 10_000, 1_234_567.5)


@pytest.mark.parametrize("tag", AS_ICU)
def test_figures_are_those_of_the_readers_place(tag: str) -> None:
    wording = wording_for(tag)

    assert tuple(amount(value, Unit.COUNT, wording) for value in VALUES) == AS_ICU[tag]


@pytest.mark.parametrize("tag", AS_ICU)
def test_figures_with_a_unit_are_too(tag: str) -> None:
    amounts = [amount(value, Unit.DAYS, wording_for(tag)) for value in VALUES]

    assert tuple(text.split()[0] for text in amounts) == AS_ICU[tag]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("es-ES", "1200–13.500 EUR"),
        ("es-MX", "EUR 1,200–13,500"),
        ("es-US", "EUR 1,200–13,500"),
        ("es-AR", "EUR 1.200–13.500"),
    ],
)
def test_a_price_is_that_of_the_readers_place(tag: str, text: str) -> None:
    assert money(1200, 13_500, "EUR", wording_for(tag)) == text


def test_a_place_that_cldr_does_not_know_has_the_figures_of_its_language() -> None:
    assert wording_for("es-KR").locale == "es"
