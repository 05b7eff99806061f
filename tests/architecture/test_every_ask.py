from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import msgspec
import pytest

from services import contracts
from services.contracts.ask import Ask, Command
from tests.support.wire_examples import examples

MODULES = [
    import_module(info.name) for info in walk_packages(contracts.__path__, "services.contracts.")
]
ASKS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Ask) and kind not in (Ask, Command)
    },
    key=lambda kind: (kind.__module__, kind.__name__),
)


def after_a_trip(value: Any, type_: Any) -> Any:
    """The value as the other service decodes it."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type_)


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
def test_the_question_and_its_answer_can_travel(ask: type[Ask[Any]]) -> None:
    questions, answers = examples(ask), examples(ask.reply_type())

    assert [after_a_trip(question, ask) for question in questions] == questions
    assert [after_a_trip(answer, ask.reply_type()) for answer in answers] == answers


def test_no_two_asks_share_a_name() -> None:
    assert len({ask.__name__ for ask in ASKS}) == len(ASKS)
