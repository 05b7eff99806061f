from types import ModuleType
from typing import Any

import msgspec
import pytest

from services.contracts import (
    check_ins,
    clinics,
    clock,
    content,
    enrollments,
    gateway,
    incoming,
    operations,
    patients,
    privacy,
    reminders,
    replanning,
    replies,
    senders,
    simulation,
)
from services.contracts.ask import Ask

MODULES: tuple[ModuleType, ...] = (
    check_ins, clinics, clock, content, enrollments, gateway, incoming, operations, patients,
    privacy, reminders, replanning, replies, senders, simulation,
)  # fmt: skip
ASKS = [
    kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Ask) and kind.__module__ == module.__name__
]


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
def test_the_question_and_its_answer_can_travel(ask: type[Ask[Any]]) -> None:
    assert msgspec.msgpack.Decoder(ask).type is ask
    assert msgspec.msgpack.Decoder(ask.reply_type()).type == ask.reply_type()


def test_no_two_asks_share_a_name() -> None:
    assert len({ask.__name__ for ask in ASKS}) == len(ASKS)


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
def test_the_question_says_who_answers_and_how_soon(ask: type[Ask[Any]]) -> None:
    assert ask.stream in {"content", "reminders", "gateway"}
    assert 0 < ask.timeout_seconds <= 300
