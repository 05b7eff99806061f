import pytest

from services.gateway.snapshot.locales import normalized


@pytest.mark.parametrize(
    ("asked", "served"),
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
def test_takes_the_longest_beginning_that_is_there(asked: str, served: str) -> None:
    assert normalized(asked, {"en", "es", "pt-BR", "zh-Hant"}) == served
