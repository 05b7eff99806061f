import pytest

from services.reminders.core.clinic import emergency_number_for


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (None, "0800 1"),
        ("GB", "0800 1"),
        ("GB-SCT", "0800 1"),
        ("US-TX", "911"),
        ("PT-11", "112"),
    ],
)
def test_a_patient_is_given_the_number_of_where_they_live(
    region: str | None, expected: str
) -> None:
    assert emergency_number_for(region, country="GB", own="0800 1") == expected
