import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from services.launcher.processes import group_members, is_alive
from tests.support.processes.programs import seconds_of
from tests.support.processes.stack import Stack
from tests.support.waiting import eventually

_NOW = "{ now }"
_ALL = '{ now procedure(slug: "microneedling") { title } viewer { __typename } }'


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


def _commands(stack: Stack) -> str:
    """The commands that `up` prints, as one would paste them into a shell."""
    greeting = stack.log.read_text().rpartition("Ask about a procedure:")[2]
    return "\n".join(re.findall(r"^  (.*)$", greeting, flags=re.MULTILINE))


def _pasted(stack: Stack) -> str:
    """What a shell answers to them."""
    shell = ["/bin/bash", "-c", _commands(stack)]
    return subprocess.run(shell, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 - what we print ourselves


@pytest.mark.parametrize(
    "name",
    ["postgres", "valkey", "content", "reminders", "worker-sms", "worker-email", "dispatcher",
     "gateway", "mail", "sandbox"],
)  # fmt: skip
def test_every_process_runs(stack: Stack, name: str) -> None:
    assert is_alive(stack.child(name).identity)


def test_the_gateway_answers(stack: Stack) -> None:
    assert "now" in stack.graphql(_NOW)["data"]


def test_the_printed_commands_work_as_printed(stack: Stack) -> None:
    procedure, _patient, enrollment, recorded = _pasted(stack).splitlines()
    enrolled = msgspec.json.decode(enrollment)["data"]["enrollPatient"]
    assert "Microneedling" in procedure
    [error] = msgspec.json.decode(recorded)["data"]["recordProcedure"]["userErrors"]
    assert error["message"] == "A procedure that has not ended yet is recorded when it has."
    assert enrolled["userErrors"] == []
    assert len(enrolled["enrollment"]["reminders"]["nodes"]) > 5


def test_pasting_the_commands_twice_enrolls_once(stack: Stack) -> None:
    assert _pasted(stack) == _pasted(stack)


def test_doctor_finds_all_well(stack: Stack) -> None:
    done = stack.afterglow("doctor")
    assert (done.returncode, "WRONG" in done.stdout) == (0, False)


def test_a_made_key_is_printed_alone_and_works(stack: Stack) -> None:
    words = ("--clinic", "Rowan Clinic", "--role", "STAFF", "--kind", "test")
    key = stack.afterglow("keys", "create", *words).stdout
    answer = stack.graphql("{ access { roles } }", key=key.strip())
    assert (key.count("\n"), answer["data"]["access"]["roles"]) == (1, ["STAFF"])


def test_a_key_of_ones_own_is_listed_by_name_and_is_the_viewer(stack: Stack) -> None:
    words = ("--clinic", "Rowan Clinic", "--role", "CLINICIAN", "--kind", "test")
    key = stack.afterglow("keys", "create", *words, "--person", "Dr. Ada Example").stdout.strip()
    answer = stack.graphql("{ viewer { ... on Staff { displayName } } }", key=key)
    assert answer["data"]["viewer"] == {"displayName": "Dr. Ada Example"}
    [line] = [
        listed_key
        for listed_key in _listed_keys(stack)
        if key.startswith(listed_key[1].rstrip("…"))
    ]
    assert line[-1] == "Dr. Ada Example"


def _listed_keys(stack: Stack) -> list[list[str]]:
    return [line.split("\t") for line in stack.afterglow("keys", "list").stdout.splitlines()]


def test_no_key_that_ships_in_an_app_is_one_persons(stack: Stack) -> None:
    words = ("--clinic", "Rowan Clinic", "--role", "FRONT_END", "--kind", "test")
    refused = stack.afterglow("keys", "create", *words, "--person", "Dr. Ada Example")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--person: FRONT_END keys are nobody's in particular" in refused.stderr


_REVIEW = '{ aftercarePlan(slug: "ipl-aftercare") { clinicalReview { reviewer } } }'


def test_a_plan_is_read_whole_as_a_clinic_has_it(stack: Stack) -> None:
    words = ("catalog", "read", "--clinic", "Rowan Clinic")
    text = stack.afterglow(*words, "ipl-aftercare").stdout
    unknown = stack.afterglow(*words, "no-aftercare").stderr
    assert text.count("signed off by Demo clinician, ") == 2  # in each language
    assert "== day-" in text
    assert "The current catalog has no plan no-aftercare." in unknown


def test_the_demo_clinics_plans_are_signed_off(stack: Stack) -> None:
    answer = stack.graphql(_REVIEW, key=stack.key)
    assert answer["data"]["aftercarePlan"]["clinicalReview"] == {"reviewer": "Demo clinician"}


def test_plans_of_another_clinic_are_signed_off_for_trying_them(stack: Stack) -> None:
    made = ("clinics", "create", "Elm Clinic", "--zone", "Europe/Lisbon", "--country", "PT")
    assert stack.afterglow(*made).returncode == 0
    words = ("catalog", "sign-off", "--clinic", "Elm Clinic")
    unknown = stack.afterglow(*words, "ipl-aftercare", "no-aftercare")
    signed = stack.afterglow(*words, "ipl-aftercare")
    assert "The current catalog has no plan no-aftercare." in unknown.stderr
    assert signed.stdout == (
        "ipl-aftercare is signed off by “Demo clinician”, who has read nothing.\n"
    )


def test_a_revoked_key_is_no_longer_listed_as_working(stack: Stack) -> None:
    words = ("--clinic", "Rowan Clinic", "--role", "ADMIN", "--kind", "live")
    key = stack.afterglow("keys", "create", *words).stdout.strip()
    listed = stack.afterglow("keys", "list").stdout.splitlines()
    line = next(line for line in listed if key.startswith(line.split("\t")[1].rstrip("…")))
    stack.afterglow("keys", "revoke", line.split("\t")[0])
    assert f"{line.split()[0]}\t" in stack.afterglow("keys", "list").stdout
    assert line not in stack.afterglow("keys", "list").stdout.splitlines()


def test_clinics_are_made_once(stack: Stack) -> None:
    words = ("clinics", "create", "Alder Clinic", "--zone", "Europe/Lisbon", "--country", "PT")
    assert stack.afterglow(*words).stdout == stack.afterglow(*words).stdout != ""


def test_more_workers_can_be_started_beside_those_that_run(stack: Stack) -> None:
    words = [sys.executable, "-m", "services.launcher", "worker"]
    options = ["--channel", "sms", "--processes", "2"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*words, *options], env=stack.env, stdout=subprocess.PIPE, text=True
    ) as workers:
        assert workers.stdout is not None
        lines = [workers.stdout.readline() for _ in range(2)]
        workers.send_signal(signal.SIGTERM)
        assert (workers.wait(timeout=20), [" ready " in line for line in lines]) == (
            0,
            [True, True],
        )


def test_publishing_the_same_catalog_again_changes_nothing(stack: Stack) -> None:
    assert stack.afterglow("catalog", "publish").stdout.startswith("Unchanged since release")


def test_the_clock_can_be_moved(stack: Stack) -> None:
    before = stack.clock().product
    stack.afterglow("clock", "advance", "P1D")
    assert stack.clock().product - before >= timedelta(days=1)


@pytest.mark.long
def test_reminders_arrive_at_the_sandbox_when_time_runs_fast() -> None:
    with Stack({"CLOCK_RATE": "17280"}) as stack:
        _pasted(stack)
        assert eventually(lambda: bool(stack.messages(to="+12025550123")), within=60.0)


@pytest.mark.parametrize("name", ["gateway", "content", "valkey", "postgres"])
def test_works_again_after_kill_9_of(stack: Stack, name: str) -> None:
    stack.kill(name)

    def answers() -> bool:
        """Whether each process of the gateway does; a dozen connections reach them all."""
        try:
            data = [stack.graphql(_ALL)["data"] for _ in range(12)]
            return all(datum["now"] and datum["procedure"] and datum["viewer"] for datum in data)
        except (OSError, KeyError, TypeError):
            return False

    assert eventually(answers, within=40.0)


@pytest.mark.long
def test_a_second_start_finds_the_data_and_the_key_again() -> None:
    with Stack() as stack:
        key = stack.key
        stack.stop()
        stack.start()
        is_reused = "The data of the last run was found again." in stack.log.read_text()
        assert (is_reused, stack.key == key, stack.graphql(_NOW)["data"] is not None) == (
            True, True, True,
        )  # fmt: skip


def test_ctrl_c_stops_everything_in_time() -> None:
    with Stack() as stack:
        groups = [child.identity.pid for child in stack.home.state().children]
        took = seconds_of(lambda: stack.stop(signal.SIGINT))
        left = [group for group in groups if group_members(group)]
        assert (took < 20.0, left, len(groups)) == (True, [], 10)


@pytest.mark.long
def test_a_start_after_kill_9_ends_what_was_left_and_runs() -> None:
    with Stack() as stack:
        left = [child.identity for child in stack.home.state().children]
        stack.stop(signal.SIGKILL)
        stack.start()
        survivors = [identity for identity in left if is_alive(identity)]
        assert (survivors, stack.graphql(_NOW)["data"] is not None) == ([], True)


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        stack = Stack({"GATEWAY_BIND": f"127.0.0.1:{port}"})
        done = stack.afterglow("up")
        stack.close()
    assert (done.returncode, f"Port {port} on 127.0.0.1" in done.stderr, done.stdout) == (
        1, True, "",
    )  # fmt: skip


def test_a_read_only_home_is_refused_in_a_sentence() -> None:
    stack = Stack()
    beside = {"AFTERGLOW_HOME": "/proc/afterglow", "PATH": os.defpath}
    stack.env |= beside
    done = stack.afterglow("up")
    stack.close()
    assert done.stderr.startswith("Error: Cannot write in /proc/afterglow")
