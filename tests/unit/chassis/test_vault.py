import base64

import pytest

from services.chassis.vault import CannotOpen, Vault, parse_keys


def key(byte: str) -> str:
    return f"{byte}:{base64.b64encode(byte.encode() * 32).decode()}"


def vault(data: str = "a", index: str = "x") -> Vault:
    return Vault.from_settings(",".join(map(key, data)), ",".join(map(key, index)))


def test_opens_what_it_sealed() -> None:
    sealed = vault().seal_text("Ada", context="patient.name")

    assert vault().open_text(sealed, context="patient.name") == "Ada"


def test_seals_the_same_value_differently_each_time() -> None:
    assert vault().seal(b"Ada", context="c") != vault().seal(b"Ada", context="c")


def test_a_value_copied_to_another_place_does_not_open() -> None:
    sealed = vault().seal(b"Ada", context="patient.name")

    with pytest.raises(CannotOpen, match="sealed for another place"):
        vault().open(sealed, context="patient.phone")


def test_opens_with_an_older_key_of_the_ring() -> None:
    sealed = vault("a").seal(b"Ada", context="c")

    assert vault("ba").open(sealed, context="c") == b"Ada"


def test_says_so_when_the_key_is_gone() -> None:
    sealed = vault("a").seal(b"Ada", context="c")

    with pytest.raises(CannotOpen, match="DATA_KEYS lacks"):
        vault("b").open(sealed, context="c")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x01a", b"\x01\x01a" + b"0" * 40])
def test_says_so_when_a_value_is_damaged(sealed: bytes) -> None:
    with pytest.raises(CannotOpen):
        vault().open(sealed, context="c")


def test_a_new_index_key_still_finds_what_an_older_one_indexed() -> None:
    stored = vault(index="x").index("+15550100", context="phone")

    assert stored in vault(index="yx").indexes("+15550100", context="phone")


def test_an_index_is_another_in_another_context() -> None:
    assert vault().index("v", context="phone") != vault().index("v", context="email")


@pytest.mark.parametrize("text", ["", "a", "a:short", f"{key('a')},{key('a')}", "!:" + "A" * 44])
def test_refuses_a_key_ring_that_is_not_one_and_never_shows_it(text: str) -> None:
    with pytest.raises(ValueError, match="DATA_KEYS: ") as fault:
        parse_keys("DATA_KEYS", text)

    assert "AAAA" not in str(fault.value)
