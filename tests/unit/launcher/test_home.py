import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.chassis.vault import Vault
from services.launcher.faults import LauncherFault
from services.launcher.home import ChildRecord, Home
from services.launcher.processes import Identity, group_members, identify, is_alive
from services.launcher.supervisor import end_orphans
from tests.support.waiting import eventually

_SLEEP = [sys.executable, "-Sc", "import time; time.sleep(600)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(_SLEEP, start_new_session=True)  # noqa: S603 - our own interpreter
    yield process
    process.kill()
    process.wait()


def _record(identity: Identity | None, **fields: object) -> ChildRecord:
    assert identity is not None
    defaults = {
        "name": "content",
        "identity": identity,
        "rank": 2,
        "stop_signal": int(signal.SIGTERM),
        "stop_timeout": 2.0,
    }
    return msgspec.convert(defaults | fields, ChildRecord)


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert Home(tmp_path / "home").secrets() == Home(tmp_path / "home").secrets()


def test_secrets_make_a_working_vault(tmp_path: Path) -> None:
    secrets = Home(tmp_path / "home").secrets()
    vault = Vault.from_settings(secrets.data_keys, secrets.index_keys)
    assert vault.open(vault.seal(b"x", context="c"), context="c") == b"x"


@pytest.mark.parametrize("name", ["secrets.json", "state.json"])
def test_files_are_readable_by_their_owner_alone(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "home")
    home.secrets()
    home.change_state(ports={"postgres": 20_001})
    assert stat.S_IMODE((home.root / name).stat().st_mode) == 0o600


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o750)
    Home(tmp_path / "home")
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o750


@pytest.mark.parametrize("place", ["home", "home/below"])
def test_a_home_that_is_a_file_or_below_one_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(LauncherFault, match="home is a file"):
        Home(tmp_path / place)


def test_a_damaged_state_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (home.root / "state.json").write_text("{")
    with pytest.raises(LauncherFault, match=r"state\.json is damaged"):
        home.state()


def test_a_second_launcher_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        home.locked(),
        pytest.raises(LauncherFault, match=rf"already \(process {os.getpid()}\)"),
        Home(tmp_path / "home").locked(),
    ):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    times_locked = 0
    for _ in range(2):
        with home.locked():
            times_locked += 1

    assert times_locked == 2


def test_a_change_of_state_keeps_the_other_fields(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.change_state(ports={"postgres": 20_001})
    home.change_state(environment={"DATABASE_URL": "x"})
    assert home.state().ports == {"postgres": 20_001}


def test_ends_its_own_orphan(sleeper: subprocess.Popen[bytes]) -> None:
    end_orphans([_record(identify(sleeper.pid))])
    assert sleeper.wait(timeout=5) == -signal.SIGTERM


def test_names_the_orphans_it_ended(sleeper: subprocess.Popen[bytes]) -> None:
    assert end_orphans([_record(identify(sleeper.pid))]) == ("content",)


def test_spares_another_process_with_the_same_number(sleeper: subprocess.Popen[bytes]) -> None:
    recorded = Identity(sleeper.pid, "an earlier boot:1")
    assert (end_orphans([_record(recorded)]), sleeper.poll()) == ((), None)


def test_kills_an_orphan_that_does_not_listen() -> None:
    deaf = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"],
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    with deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()
        end_orphans([_record(identify(deaf.pid), stop_timeout=0.2)])
        assert deaf.wait(timeout=5) == -signal.SIGKILL


def test_ends_the_orphans_children_too() -> None:
    with subprocess.Popen(["/bin/sh", "-c", "sleep 600 & wait"], start_new_session=True) as parent:
        eventually(lambda: len(group_members(parent.pid)) == 2)
        end_orphans([_record(identify(parent.pid), stop_timeout=0.5)])
        assert eventually(lambda: group_members(parent.pid) == ())


def test_a_process_that_only_waits_to_be_reaped_is_gone() -> None:
    process = subprocess.Popen(["/bin/true"])
    identity = identify(process.pid)
    eventually(lambda: identify(process.pid) is None)
    assert identity is None or not is_alive(identity)
    process.wait()
