import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.launcher.faults import LauncherFault
from services.launcher.home import ChildRecord
from services.launcher.output import Output
from services.launcher.processes import group_members, is_alive
from services.launcher.supervisor import Supervisor
from tests.support.processes.programs import lines, seconds_of, shell
from tests.support.waiting import eventually

_FOREVER = "exec sleep 600"


@pytest.fixture
def output(tmp_path: Path) -> Iterator[Output]:
    opened = Output(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def supervisor(output: Output) -> Iterator[Supervisor]:
    made = Supervisor(output)
    yield made
    made.hurry()
    made.stop(within=3.0)


def _pid(supervisor: Supervisor, name: str) -> int:
    pids = {record.name: record.identity.pid for record in supervisor.running()}
    return pids.get(name, 0)


def test_starts_a_program_again_after_kill_9(supervisor: Supervisor) -> None:
    supervisor.start([shell("sleeper", _FOREVER)])
    first = _pid(supervisor, "sleeper")
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: _pid(supervisor, "sleeper") not in (0, first))


def test_waits_longer_before_each_further_start(supervisor: Supervisor, output: Output) -> None:
    supervisor.start([shell("failing", "exit 3", ready=lambda: True)])
    eventually(lambda: len(output.tail("afterglow")) >= 3)
    assert output.tail("afterglow")[:3] == (
        "failing ended (3); starting it again in 0.2 s.",
        "failing ended (3); starting it again in 0.4 s.",
        "failing ended (3); starting it again in 0.8 s.",
    )


def test_says_what_to_do_when_a_program_does_not_stay_up(
    supervisor: Supervisor, output: Output
) -> None:
    failing = shell(
        "failing", "echo no space left; exit 1", ready=lambda: True, advice="Free some."
    )
    supervisor.start([failing])
    message = "failing does not stay up. It last said: no space left Free some."
    assert eventually(lambda: message in output.tail("afterglow"))


def test_starts_lower_ranks_first_and_only_when_they_are_ready(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    log = tmp_path / "order"
    ready = tmp_path / "ready"
    first = shell(
        "first",
        f"sleep 0.3; echo first >> {log}; touch {ready}; {_FOREVER}",
        ready=ready.exists,
    )
    second = shell("second", f"echo second >> {log}; {_FOREVER}", rank=1)
    supervisor.start([second, first])
    eventually(lambda: len(lines(log)) == 2)
    assert lines(log) == ["first", "second"]


def test_stops_higher_ranks_first(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "order"

    def stopping(name: str) -> str:
        trap = f"trap 'sleep 0.2; echo {name} >> {log}; exit' TERM"
        return f"{trap}; echo up; while :; do sleep 0.05; done"

    supervisor.start([shell(f"rank-{rank}", stopping(f"{rank}"), rank=rank) for rank in (1, 0, 2)])
    eventually(lambda: len(supervisor.running()) == 3, within=2.0)
    _wait_for_traps(supervisor, tmp_path)
    supervisor.stop()
    assert lines(log) == ["2", "1", "0"]


def _wait_for_traps(supervisor: Supervisor, folder: Path) -> None:
    names = [record.name for record in supervisor.running()]
    assert eventually(lambda: all(lines(folder / f"{name}.log") for name in names))


def test_kills_what_does_not_stop_in_its_time(supervisor: Supervisor, tmp_path: Path) -> None:
    deaf = shell("deaf", "trap '' TERM; echo up; while :; do sleep 0.05; done", stop_timeout=0.3)
    supervisor.start([deaf])
    _wait_for_traps(supervisor, tmp_path)
    identity = supervisor.running()[0].identity
    supervisor.stop()
    assert not is_alive(identity)


def test_a_second_request_hurries_the_stop(supervisor: Supervisor, tmp_path: Path) -> None:
    deaf = shell("deaf", "trap '' TERM; echo up; while :; do sleep 0.05; done", stop_timeout=15.0)
    supervisor.start([deaf])
    _wait_for_traps(supervisor, tmp_path)
    supervisor.hurry()
    assert seconds_of(supervisor.stop) < 12.0


def test_all_stops_stay_within_the_time_given(supervisor: Supervisor, tmp_path: Path) -> None:
    script = "trap '' TERM; echo up; while :; do sleep 0.05; done"
    supervisor.start([shell(f"deaf-{n}", script, rank=n, stop_timeout=9.0) for n in range(2)])
    _wait_for_traps(supervisor, tmp_path)
    assert seconds_of(lambda: supervisor.stop(within=3.0)) < 12.0


def test_ends_what_a_killed_program_left_running(supervisor: Supervisor) -> None:
    supervisor.start([shell("parent", "sleep 600 & wait")])
    group = _pid(supervisor, "parent")
    eventually(lambda: len(group_members(group)) == 2)
    os.kill(group, signal.SIGKILL)
    assert eventually(lambda: group_members(group) == ())


def test_refuses_to_go_on_when_a_program_does_not_start(supervisor: Supervisor) -> None:
    broken = shell("broken", "echo port taken >&2; exit 1", ready=lambda: False)
    with pytest.raises(LauncherFault, match=r"broken did not start\. It last said: port taken"):
        supervisor.start([broken])


def test_does_not_start_again_what_it_stopped(supervisor: Supervisor, output: Output) -> None:
    supervisor.start([shell("sleeper", _FOREVER)])
    supervisor.stop()
    assert (supervisor.running(), output.tail("afterglow")) == ((), ())


def test_reports_each_process_it_starts(output: Output) -> None:
    reports: list[list[str]] = []

    def note(running: Sequence[ChildRecord]) -> None:
        reports.append([record.name for record in running])

    supervisor = Supervisor(output, note)
    supervisor.start([shell("sleeper", _FOREVER)])
    eventually(lambda: bool(reports))
    supervisor.stop()
    assert reports == [["sleeper"], []]


def test_children_are_out_of_reach_of_the_terminals_ctrl_c(supervisor: Supervisor) -> None:
    supervisor.start([shell("sleeper", _FOREVER)])
    pid = _pid(supervisor, "sleeper")
    assert group_members(pid) == (pid,)


def test_keeps_the_last_runs_log(tmp_path: Path) -> None:
    for words in ("earlier", "later"):
        written = Output(tmp_path)
        written.line("content", words)
        written.close()
    assert (lines(tmp_path / "content.log"), lines(tmp_path / "content.log.1")) == (
        ["later"],
        ["earlier"],
    )
