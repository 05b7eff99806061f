"""What a patient permits: the newest entry of the ledger, for each channel and purpose."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentState, MessageDetail, Role


class LedgerEntry(Protocol):
    """One entry of the consent ledger, in any representation."""

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
    """The newest entry of each channel and purpose."""
    newest: dict[tuple[Channel, Purpose], Entry] = {}
    for entry in sorted(ledger, key=lambda entry: entry.id):
        newest[entry.channel, entry.purpose] = entry
    return newest


def granted(ledger: Iterable[Entry]) -> dict[tuple[Channel, Purpose], Entry]:
    """The newest entries that permit sending."""
    return {
        key: entry for key, entry in current(ledger).items() if entry.state is ConsentState.GRANTED
    }


def state_given(*, is_granted: bool, by: Role) -> ConsentState:
    """The state of a reported consent. One that a publishable key reports must be confirmed."""
    if not is_granted:
        return ConsentState.WITHDRAWN
    return ConsentState.PENDING if by is Role.FRONT_END else ConsentState.GRANTED


def detail_allowed(
    preferred: MessageDetail, permitted: MessageDetail, *, is_shared: bool
) -> MessageDetail:
    """The full text if the patient wants and permits it, and nobody else has the address."""
    wanted = (preferred, permitted) == (MessageDetail.DETAILED, MessageDetail.DETAILED)
    return MessageDetail.DETAILED if wanted and not is_shared else MessageDetail.DISCREET
