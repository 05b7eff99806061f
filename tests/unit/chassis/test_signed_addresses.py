"""Addresses that only we can make, in the hands of mail servers and of forgers."""

from datetime import timedelta

import pytest

from services.chassis.signed_addresses import AddressSigner, NotOurAddress, SignedAddress

DOMAIN = "bounces.clinic.example"
MONTH = timedelta(days=30)
DAY = 86_400
NOW = 1_790_000_000
LARGEST = 2**63 - 1


def signer(secret: str = "s" * 32, *, at: float = NOW) -> AddressSigner:
    return AddressSigner(secret, lifetime=MONTH, now=lambda: at)


ADDRESS = signer().sign("b", DOMAIN, 3, 77)


def test_an_address_says_what_was_signed() -> None:
    assert signer().read(ADDRESS) == SignedAddress("b", DOMAIN, (3, 77))


@pytest.mark.parametrize("numbers", [(0, 0), (1, 128), (LARGEST, LARGEST), (300, 2**32)])
def test_a_local_part_has_at_most_64_characters(numbers: tuple[int, int]) -> None:
    address = signer().sign("b", DOMAIN, *numbers)

    assert len(address.partition("@")[0]) <= 64
    assert signer().read(address).numbers == numbers


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, str.swapcase])
def test_servers_may_change_the_case(change: object) -> None:
    assert callable(change)
    assert signer().read(change(ADDRESS)).numbers == (3, 77)


def test_no_character_can_be_changed() -> None:
    local = ADDRESS.index("@")
    for place in range(2, local):
        other = "a" if ADDRESS[place] != "a" else "b"
        with pytest.raises(NotOurAddress):
            signer().read(ADDRESS[:place] + other + ADDRESS[place + 1 :])


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS.replace("b+", "r+"),
        ADDRESS.replace(DOMAIN, "evil.example"),
        ADDRESS.replace(DOMAIN, f"x.{DOMAIN}"),
        signer("t" * 32).sign("b", DOMAIN, 3, 77),
        ADDRESS + " ",
        ADDRESS.replace("@", "%40"),
        f"<{ADDRESS}>",
        ADDRESS.replace("b+", "b+aa"),
        "postmaster@" + DOMAIN,
        "b+@" + DOMAIN,
        "",
        "b+" + "a" * 60 + "@" + DOMAIN,
        "b+" + "\u017f" * 40 + "@" + DOMAIN,
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(NotOurAddress):
        signer().read(address)


@pytest.mark.parametrize(("days", "is_live"), [(0, True), (30, True), (31, False), (-1, False)])
def test_an_address_lives_for_its_days(days: int, is_live: bool) -> None:  # noqa: FBT001 - a case of the table
    later = signer(at=NOW + days * DAY)
    if is_live:
        assert later.read(ADDRESS).numbers == (3, 77)
    else:
        with pytest.raises(NotOurAddress):
            later.read(ADDRESS)
