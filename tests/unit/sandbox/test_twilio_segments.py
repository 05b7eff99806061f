import pytest

from services.sandbox.twilio.segments import count_segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 158 + "€", 1),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("ê" * 66 + "😀" + "ê" * 66, 3),
        ("a" * 159 + "’", 3),
    ],
)
def test_counts_the_parts_of_a_text(text: str, parts: int) -> None:
    assert count_segments(text) == parts
