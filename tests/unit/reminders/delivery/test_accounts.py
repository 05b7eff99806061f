import asyncio
from pathlib import Path

import pytest

from services.reminders.channels.channel import Leaving, Provider
from services.reminders.channels.provider_dispatcher import (
    Accounts,
    AsyncProviderDispatcher,
    CannotOpenAccount,
)
from services.reminders.core.senders import Account
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Envelope,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForNow,
)

OWN = Account("AC7", "twilio-7")


class NamedProvider:
    """Answers with whose account it is."""

    def __init__(self, account: str, secret: str) -> None:
        if secret == "bad":
            raise ValueError("no")
        self.credentials = f"{account}:{secret}"
        self.is_closed = False

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        del message
        leaving()
        return Accepted(self.credentials)

    async def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    (tmp_path / "twilio-7").write_text("token\n")
    (tmp_path / "unfit").write_text("bad\n")
    return Accounts(
        {"provider": NamedProvider("ours", "secret")}, {"provider": NamedProvider}, tmp_path
    )


def credentials(provider: Provider) -> str:
    assert isinstance(provider, NamedProvider)
    return provider.credentials


def test_without_an_account_it_is_the_settings_one(accounts: Accounts) -> None:
    assert credentials(accounts.of("provider", None)) == "ours:secret"


def test_a_clinics_account_is_opened_with_the_secret_from_its_file(accounts: Accounts) -> None:
    assert credentials(accounts.of("provider", OWN)) == "AC7:token"


def test_an_account_is_opened_once(accounts: Accounts) -> None:
    assert accounts.of("provider", OWN) is accounts.of("provider", OWN)


@pytest.mark.parametrize(
    ("provider", "account"),
    [
        ("other", None),
        ("other", OWN),
        ("provider", Account("AC7", "missing")),
        ("provider", Account("AC7", "../twilio-7")),
        ("provider", Account("AC7", "/etc/hostname")),
        ("provider", Account("AC7", "unfit")),
    ],
)
def test_an_account_that_cannot_be_opened_is_said(
    accounts: Accounts, provider: str, account: Account | None
) -> None:
    with pytest.raises(CannotOpenAccount):
        accounts.of(provider, account)


def test_every_account_is_closed_at_the_end(accounts: Accounts) -> None:
    opened = [accounts.of("provider", None), accounts.of("provider", OWN)]

    asyncio.run(accounts.close())

    assert all(isinstance(account, NamedProvider) and account.is_closed for account in opened)


def deliver(accounts: Accounts, account: Account | None) -> Outcome:
    message = OutgoingMessage(
        attempt_id=1, clinic_id=1, to="+1", sender="+2", text="", deadline_seconds=1
    )
    dispatcher = AsyncProviderDispatcher(accounts)
    try:
        [outcome] = dispatcher.deliver(
            [Envelope(provider="provider", account=account, message=message, leaving=lambda: None)]
        )
    finally:
        dispatcher.close()
    return outcome


def test_a_message_goes_through_its_senders_account(accounts: Accounts) -> None:
    assert deliver(accounts, OWN) == Accepted("AC7:token")


def test_a_message_whose_account_cannot_be_opened_waits_for_an_operator(
    accounts: Accounts,
) -> None:
    outcome = deliver(accounts, Account("AC7", "missing"))

    assert outcome == RejectedForNow("ACCOUNT_NOT_USABLE", failure=Failure.NOT_ALLOWED)
