"""What a patient has permitted: per channel and purpose, the newest entry of the ledger rules."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentState, MessageDetail, Role


class LedgerEntry(Protocol):
    """One line of the consent ledger, however it is kept."""

    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def purpose(self) -> Purpose: ...
    @property
    def state(self) -> ConsentState: ...
    @property
    def detail(self) -> MessageDetail: ...


Entry = TypeVar("Entry", bound=LedgerEntry)


def current(ledger: Iterable[Entry]) -> dict[tuple[Channel, Purpose], Entry]:
    """The entry that rules, for each channel and purpose there is one for."""
    ruling: dict[tuple[Channel, Purpose], Entry] = {}
    for entry in sorted(ledger, key=lambda entry: entry.id):
        ruling[entry.channel, entry.purpose] = entry
    return ruling


def granted(ledger: Iterable[Entry]) -> dict[tuple[Channel, Purpose], Entry]:
    """The ruling entries that permit sending."""
    return {key: one for key, one in current(ledger).items() if one.state is ConsentState.GRANTED}


def state_given(*, is_granted: bool, by: Role) -> ConsentState:
    """The state of a consent as reported; what a publishable key reports must be confirmed."""
    if not is_granted:
        return ConsentState.WITHDRAWN
    return ConsentState.PENDING if by is Role.FRONT_END else ConsentState.GRANTED


def detail_allowed(
    preferred: MessageDetail, permitted: MessageDetail, *, is_shared: bool
) -> MessageDetail:
    """The full text only if wanted, permitted, and to an address that is one person's alone."""
    wanted = (preferred, permitted) == (MessageDetail.DETAILED, MessageDetail.DETAILED)
    return MessageDetail.DETAILED if wanted and not is_shared else MessageDetail.DISCREET
