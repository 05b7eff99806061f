import pytest

from services.contracts.catalog import Channel
from services.reminders.addresses.phone_numbers import (
    NotAnAddress,
    is_country,
    read_phone,
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


def test_writes_an_email_domain_in_lower_case() -> None:
    assert read_email("Ana@EXAMPLE.com") == "Ana@example.com"


@pytest.mark.parametrize("text", ["", "ana", "ana@", "a b@example.com", "ana@example.com\nBcc: x"])
def test_refuses_what_is_no_email_address(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_email(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("o’brien@example.com", "o'brien@example.com"),
        ("d‘angelo@example.com", "d'angelo@example.com"),
        ("o\u02bcneil@example.com", "o'neil@example.com"),
        ("\ufeffana@example.com\u200b", "ana@example.com"),
        ("\u00a0ana@example.com ", "ana@example.com"),
        ("ana@exam\u00adple.com", "ana@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
    ],
)
def test_reads_an_address_as_phones_and_word_processors_write_it(text: str, address: str) -> None:
    assert read_email(text) == address


@pytest.mark.parametrize(
    "text", ["josé@example.com", "ana@example.com;bo@example.com", "a" * 260 + "@b.example", "a@b"]
)
def test_refuses_what_not_every_mail_server_takes(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_email(text)


def test_a_refusal_never_repeats_the_address() -> None:
    with pytest.raises(NotAnAddress) as refused:
        read_email("secret-name@")

    assert "secret-name" not in str(refused.value)


def test_knows_countries_by_their_iso_codes() -> None:
    assert is_country("PT")
    assert not is_country("Portugal")
