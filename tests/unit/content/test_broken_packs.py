"""Each rule, shown by a pack that breaks it and nothing else."""

import pytest

from tests.support.content.broken_packs import BROKEN
from tests.support.content.pack import broken, pack, problems


def test_the_pack_itself_has_no_problem() -> None:
    assert problems(pack()) == []


@pytest.mark.parametrize("name", BROKEN)
def test_finds(name: str) -> None:
    change, expected = BROKEN[name]

    reported = problems(broken(*change))

    assert len(reported) >= len(expected)
    for text in expected:
        assert any(text in problem for problem in reported), reported


@pytest.mark.parametrize("name", BROKEN)
def test_finds_nothing_else(name: str) -> None:
    change, expected = BROKEN[name]

    unexpected = [
        problem
        for problem in problems(broken(*change))
        if not any(text in problem for text in expected)
    ]

    assert unexpected == []
