import pytest

from services.chassis.vault import Vault
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.long_texts import LONG, change_sender, write


@pytest.fixture
def long_text(due: DueMessages, vault: Vault) -> int:
    """A message of 16 parts, from a sender that carries 6 whole: it leaves as three."""
    change_sender(due, most_parts=6)
    return write(due, vault, LONG)
