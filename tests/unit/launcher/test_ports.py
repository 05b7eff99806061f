import socket
from collections.abc import Iterator

import pytest

from services.chassis.settings import Bind
from services.launcher.faults import LauncherFault
from services.launcher.ports import LOOPBACK, keep_or_choose, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0), reuse_port=True) as listener:
        yield listener.getsockname()[1]


def test_keeps_a_port_that_is_still_free() -> None:
    port = keep_or_choose(None)
    assert keep_or_choose(port) == port


def test_chooses_another_port_when_the_kept_one_is_taken(taken: int) -> None:
    assert keep_or_choose(taken) != taken


def test_says_which_setting_moves_us_from_a_taken_port(taken: int) -> None:
    with pytest.raises(LauncherFault, match=f"GATEWAY_BIND={LOOPBACK}:{taken + 1}"):
        require_free(Bind(LOOPBACK, taken), setting="GATEWAY_BIND", purpose="the gateway")
