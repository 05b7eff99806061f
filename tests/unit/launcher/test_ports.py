import socket
from collections.abc import Iterator

import pytest

from services.chassis.settings import Bind
from services.launcher.faults import LauncherFault
from services.launcher.ports import LOOPBACK, keep_or_choose, require_free


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0), reuse_port=True) as listener:
        yield listener.getsockname()[1]


def test_keeps_a_port_that_is_still_free() -> None:
    port = keep_or_choose(None)
    assert keep_or_choose(port) == port


def test_chooses_another_port_when_the_kept_one_is_taken(used_port: int) -> None:
    assert keep_or_choose(used_port) != used_port


def test_says_which_setting_moves_us_from_a_taken_port(used_port: int) -> None:
    with pytest.raises(LauncherFault, match=f"GATEWAY_BIND={LOOPBACK}:{used_port + 1}"):
        require_free(Bind(LOOPBACK, used_port), setting="GATEWAY_BIND", purpose="the gateway")
