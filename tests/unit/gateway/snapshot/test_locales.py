import pytest

from services.gateway.snapshot.snapshot import normalized


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
