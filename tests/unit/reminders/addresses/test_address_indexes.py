"""The digests by which an address is found."""

import pytest

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.addresses.reader import read_email
from services.reminders.database.seal_contexts import (
    address_context,
    address_index,
    address_indexes,
)


@pytest.mark.parametrize("typed", ["Ana@Example.com", "ana@EXAMPLE.COM", "\u200bana@example.com"])
def test_an_address_is_found_in_every_spelling(vault: Vault, typed: str) -> None:
    stored = address_index(vault, Channel.EMAIL, "ana@example.com")

    assert stored in address_indexes(vault, Channel.EMAIL, read_email(typed))


@pytest.mark.parametrize("domain", ["bücher.example", "münchen.example", "пример.example"])
def test_a_domain_that_was_stored_in_unicode_is_still_found(vault: Vault, domain: str) -> None:
    stored = vault.index(f"ana@{domain}", context=address_context(Channel.EMAIL))

    assert stored in address_indexes(vault, Channel.EMAIL, read_email(f"ana@{domain}"))


def test_a_number_has_one_digest_for_each_key(vault: Vault) -> None:
    assert address_indexes(vault, Channel.SMS, "+351912345678") == [
        address_index(vault, Channel.SMS, "+351912345678")
    ]
