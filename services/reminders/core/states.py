"""The states of an outbound message: which may follow which, and when.

This is the only such table. Every statement that moves a message takes its `where state in (…)`
from here, the database's CHECK allows the same names, and docs/reference/outbound-states.md
draws it.
"""

import msgspec

from services.contracts.words import ReminderStatus as State


class Move(msgspec.Struct, frozen=True):
    """One allowed change of state."""

    origin: State
    target: State
    when: str


MOVES: tuple[Move, ...] = (
    Move(State.SCHEDULED, State.QUEUED, "a worker claims it"),
    Move(State.SCHEDULED, State.SKIPPED, "it is due, and we choose not to send"),
    Move(State.SCHEDULED, State.MERGED, "another message of the visit carries its text"),
    Move(State.SCHEDULED, State.CANCELLED, "it is no longer wanted"),
    Move(State.SCHEDULED, State.EXPIRED, "its usefulness is over"),
    Move(State.MERGED, State.SCHEDULED, "the message that carried it is cancelled first"),
    Move(State.MERGED, State.CANCELLED, "it is no longer wanted"),
    Move(State.QUEUED, State.SENDING, "a delivery attempt begins"),
    Move(State.QUEUED, State.SCHEDULED, "its worker stops, or its lease is over: never sent"),
    Move(State.QUEUED, State.SKIPPED, "we choose not to send"),
    Move(State.QUEUED, State.CANCELLED, "it is no longer wanted"),
    Move(State.QUEUED, State.EXPIRED, "its usefulness is over"),
    Move(State.QUEUED, State.FAILED, "its text cannot be made"),
    Move(State.SENDING, State.ACCEPTED, "the provider takes it"),
    Move(
        State.SENDING,
        State.SCHEDULED,
        "refused for now, proved never to have left, or more follows",
    ),
    Move(State.SENDING, State.UNKNOWN, "it left, and no answer came"),
    Move(State.SENDING, State.FAILED, "refused for good, or attempts are spent"),
    Move(State.UNKNOWN, State.ACCEPTED, "a receipt or a late answer says so"),
    Move(State.UNKNOWN, State.DELIVERED, "a receipt says so"),
    Move(State.UNKNOWN, State.UNDELIVERED, "a receipt says so"),
    Move(
        State.UNKNOWN,
        State.SCHEDULED,
        "proved never to have been taken, a person accepts, or more follows",
    ),
    Move(State.UNKNOWN, State.FAILED, "a late answer refuses it for good"),
    Move(State.ACCEPTED, State.DELIVERED, "a receipt says so"),
    Move(State.ACCEPTED, State.UNDELIVERED, "a receipt says so"),
)

_ORIGINS = {
    target: tuple(move.origin for move in MOVES if move.target is target) for target in State
}

FINAL = frozenset(State) - {move.origin for move in MOVES}
"""Nothing follows these. A late contrary receipt is stored and changes no state."""

UNSENT = (State.SCHEDULED, State.QUEUED)
"""No attempt is open: a message in one of these has not been sent."""


def origins(target: State) -> tuple[State, ...]:
    """The states that may be left for `target`."""
    return _ORIGINS[target]
