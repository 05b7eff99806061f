import pytest

from services.gateway.snapshot.snapshot import normalized
from tests.support.gateway.fake_calls import shipped_snapshot


@pytest.mark.parametrize(
    ("tag", "served"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("pt-BR", "pt-BR"),
        ("pt-PT", "pt"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hans-CN", "zh"),
        ("fr-CA", "fr"),
    ],
)
def test_takes_the_longest_prefix_that_the_catalog_has(tag: str, served: str) -> None:
    assert normalized(tag, {"en", "es", "pt-BR", "zh-Hant"}) == served


@pytest.mark.parametrize(
    ("asked", "texts", "reader"),
    [
        (None, "en", "en"),
        ("en-GB", "en", "en-GB"),
        ("es-MX", "es", "es-MX"),
        ("es-419", "es", "es-419"),
        ("fr-CA", "en", "en"),  # the texts are English, so are the figures
    ],
)
def test_figures_are_written_for_the_reader_who_asked(
    asked: str | None, texts: str, reader: str
) -> None:
    edition = shipped_snapshot().edition(asked)

    assert (edition.catalog.locale, edition.reader) == (texts, reader)
