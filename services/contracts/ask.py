"""The shape of a question one service asks another; the carrier is services.chassis.ask."""

from typing import Generic, TypeVar, get_args

import msgspec

Reply = TypeVar("Reply")


class Ask(msgspec.Struct, Generic[Reply], frozen=True, kw_only=True):
    """A question; its type parameter is the type of the answer.

    Handlers see a batch of one kind at a time. A read changes nothing and may be asked again.
    """

    @classmethod
    def reply_type(cls) -> type[Reply]:
        """The answer's type, as the class was declared: `class GetRelease(Ask[Release | None])`."""
        declared: type[Reply] = get_args(cls.__orig_bases__[0])[0]  # type: ignore[attr-defined]  # Generic sets it
        return declared


class Command(Ask[Reply], Generic[Reply], frozen=True, kw_only=True):
    """An ask that changes something.

    Done at most once for one command id, however often it is delivered.
    """
