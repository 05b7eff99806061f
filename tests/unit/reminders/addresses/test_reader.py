import pytest

from services.contracts.catalog import Channel
from services.reminders.addresses.phone_numbers import (
    NotAnAddress,
    is_country,
    read_phone,
    read_phone_in,
)
from services.reminders.addresses.reader import mask, read_email


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        (Channel.SMS, "+351912345678", "+351••••••678"),
        (Channel.SMS, "+12025550100", "+120•••••100"),
        (Channel.EMAIL, "ana@example.com", "a•••@example.com"),
    ],
)
def test_masks_all_but_what_an_owner_recognizes(channel: Channel, address: str, shown: str) -> None:
    assert mask(channel, address) == shown


@pytest.mark.parametrize("text", ["+351 912 345 678", "912 345 678", "00351912345678"])
def test_reads_a_number_however_it_is_written(text: str) -> None:
    assert read_phone(text, country="PT") == "+351912345678"


@pytest.mark.parametrize("text", ["", "12", "call me", "+35191234567890123"])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_phone(text, country="PT")


@pytest.mark.parametrize("text", ["+12025550177", "(202) 555-0177", "202-555-0177"])
def test_reads_a_number_of_a_country(text: str) -> None:
    assert read_phone_in("US", text) == "+12025550177"


@pytest.mark.parametrize("text", ["+351210000000", "+11111111111", "911", "call me"])
def test_refuses_a_number_that_a_country_has_not(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_phone_in("US", text)


def test_writes_an_email_domain_in_lower_case() -> None:
    assert read_email("Ana@EXAMPLE.com") == "Ana@example.com"


@pytest.mark.parametrize("text", ["", "ana", "ana@", "a b@example.com", "ana@example.com\nBcc: x"])
def test_refuses_what_is_no_email_address(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_email(text)


def test_a_refusal_never_repeats_the_address() -> None:
    with pytest.raises(NotAnAddress) as refused:
        read_email("secret-name@")

    assert "secret-name" not in str(refused.value)


def test_knows_countries_by_their_iso_codes() -> None:
    assert is_country("PT")
    assert not is_country("Portugal")
