import pytest

from services.chassis.logs import keep_what_is_safe


@pytest.mark.parametrize("value", ["+15555550123", "ada@example.com", "Ada Lovelace", "5555550123"])
def test_hides_a_value_that_could_be_a_persons(value: str) -> None:
    assert keep_what_is_safe(None, "info", {"name": value}) == {"name": "(hidden)"}


def test_drops_a_key_that_is_not_on_the_list() -> None:
    assert keep_what_is_safe(None, "info", {"body": "hi", "count": 3}) == {"count": 3}


@pytest.mark.parametrize(
    "value",
    [
        7,
        0.5,
        True,
        None,
        "send_failed",
        "2026-05-01T10:00:00Z",
        "20260501T100000.123456Z-0d9c2f6e",
        "0d9c2f6e-7f7e-4d43-9a5e-8f7f9e0c1b2a",
    ],
)
def test_keeps_numbers_words_times_and_our_own_ids(value: object) -> None:
    assert keep_what_is_safe(None, "info", {"event": value}) == {"event": value}
