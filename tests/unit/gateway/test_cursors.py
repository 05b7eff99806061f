import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.cursors import CursorSigner
from services.gateway.execution.batched import FieldRefused

SIGNER = CursorSigner("a secret of tests")
KEYS = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=20)
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False),
    min_size=1,
    max_size=4,
)


def code_of(of_list: str, cursor: str, signer: CursorSigner = SIGNER) -> str:
    with pytest.raises(FieldRefused) as refused:
        signer.decode(of_list, cursor)
    return refused.value.code


@given(KEYS)
def test_a_cursor_is_read_as_it_was_written(key: list[str | int | float]) -> None:
    assert SIGNER.decode("concerns", SIGNER.encode("concerns", key)) == key


def test_a_cursor_of_another_list_is_refused() -> None:
    assert code_of("procedures", SIGNER.encode("concerns", ["a"])) == "INVALID_CURSOR"


def test_a_cursor_under_another_secret_is_refused() -> None:
    other = CursorSigner("another secret")
    assert code_of("concerns", SIGNER.encode("concerns", ["a"]), other) == "INVALID_CURSOR"


def test_a_tampered_cursor_is_refused() -> None:
    cursor = SIGNER.encode("concerns", ["acne-scars", 7])
    changed = cursor[:-3] + ("A" if cursor[-3] != "A" else "B") + cursor[-2:]
    assert code_of("concerns", changed) == "INVALID_CURSOR"


def test_another_key_under_the_signature_of_a_cursor_is_refused() -> None:
    mine, other = (SIGNER.encode("concerns", [slug]) for slug in ("acne-scars", "melasma"))
    swapped = f"{mine.partition('.')[0]}.{other.partition('.')[2]}"
    assert code_of("concerns", swapped) == "INVALID_CURSOR"


@pytest.mark.parametrize(
    "cursor", ["", "zzz", "é", "=", "A" * 5_000, "null", "\x00", "W10.", "W10.AAAA", "."]
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    assert code_of("concerns", cursor) == "INVALID_CURSOR"


def test_a_signer_does_not_show_its_secret() -> None:
    assert "a secret of tests" not in repr(SIGNER)
    assert "a secret of tests" not in repr(vars(SIGNER))
