"""The shape of a question that one service asks another; services.chassis.ask transports it."""

from typing import ClassVar, Generic, TypeVar, get_args

import msgspec

ReplyType = TypeVar("ReplyType")


class Ask(msgspec.Struct, Generic[ReplyType], frozen=True, kw_only=True):
    """A question. Its type parameter is the type of the answer.

    Handlers get a batch of one kind at a time. A question changes nothing and may be asked again.
    `stream` names the service that answers, `timeout_seconds` how long a caller waits for it.
    """

    stream: ClassVar[str]
    timeout_seconds: ClassVar[float] = 3.0

    @classmethod
    def reply_type(cls) -> type[ReplyType]:
        """Return the type of the answer, from a declaration such as `GetRelease(Ask[Release])`."""
        declared: type[ReplyType] = get_args(cls.__orig_bases__[0])[0]  # type: ignore[attr-defined]  # Generic sets it
        return declared


class Command(Ask[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    """An ask that changes something.

    It is done at most once for one command id, however often it is delivered.
    """

    timeout_seconds: ClassVar[float] = 5.0


class ContentAsk(Ask[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = "content"


class ContentCommand(Command[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = ContentAsk.stream


class RemindersAsk(Ask[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = "reminders"


class OperatorAsk(RemindersAsk[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    """An operator's question to the reminders service. Operators can wait longer."""

    timeout_seconds: ClassVar[float] = 5.0


class RemindersCommand(Command[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = RemindersAsk.stream


class GatewayAsk(Ask[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = "gateway"


class GatewayCommand(Command[ReplyType], Generic[ReplyType], frozen=True, kw_only=True):
    stream: ClassVar[str] = GatewayAsk.stream
