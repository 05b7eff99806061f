import pytest

from services.reminders.core.crisis_lines import CRISIS_LINES, crisis_line_for


@pytest.mark.parametrize(
    ("region", "country", "number"),
    [
        (None, "US", "988"),
        ("CA-ON", "US", "988"),
        ("PR", "ES", "988"),
        (None, "GB", "116 123"),
        ("ES-MD", "US", "024"),
        ("MX-JAL", "US", "800 911 2000"),
        (None, "AU", "13 11 14"),
        (None, "DE", "0800 1110111"),
        ("FR", "DE", "3114"),
    ],
)
def test_the_line_is_that_of_where_the_patient_lives(
    region: str | None, country: str, number: str
) -> None:
    line = crisis_line_for(region, country=country)

    assert line is not None
    assert line.number == number


def test_a_country_without_a_known_line_has_none() -> None:
    assert crisis_line_for(None, country="JP") is None


@pytest.mark.parametrize("country", CRISIS_LINES)
def test_every_line_has_a_source(country: str) -> None:
    assert CRISIS_LINES[country].source.startswith("https://")
