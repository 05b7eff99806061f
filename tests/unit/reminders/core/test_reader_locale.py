import pytest

from services.reminders.core.locales import reader_locale, text_in


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("en-GB", "en-GB"),
        ("es-419", "en-419"),
        ("en", "en-US"),
        ("es-Latn", "en-US"),
        (None, "en-US"),
    ],
)
def test_a_text_is_said_as_in_the_readers_place_else_the_clinics(
    reader: str | None, expected: str
) -> None:
    assert reader_locale("en", reader=reader, place="US") == expected


def test_a_texts_own_place_is_no_readers() -> None:
    assert reader_locale("es-MX", reader="es-ES", place="US") == "es-ES"


def test_what_a_clinic_wrote_is_said_to_readers_of_its_language() -> None:
    assert text_in("en-GB", "Call 111.", written_in="en") == "Call 111."


def test_what_a_clinic_wrote_is_not_said_in_another_language() -> None:
    assert text_in("es-US", "Call 111.", written_in="en") is None
