from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.contracts.catalog import ReleaseInfo
from services.contracts.content import (
    Change,
    OverlayInfo,
    Problem,
    PublishReply,
    PutOverlayReply,
)
from services.contracts.reminders import ListClinics
from services.launcher.main import cli
from tests.support.gateway.care_records import CLINIC

PLAN = "peel-aftercare"
INFO = OverlayInfo(
    clinic_id=CLINIC.id,
    plan=PLAN,
    version=3,
    plan_version=2,
    content_hash="abc",
    put_at=datetime(2027, 3, 12, 10, tzinfo=UTC),
)
CONFLICT = Problem(where="rowan.yaml:9", what="clinics may choose PT24H to PT48H here")
CONFLICTING = msgspec.structs.replace(INFO, content_hash=None, conflicts=(CONFLICT,))
MOVED = Change(
    locale="en",
    kind="plan",
    slug=PLAN,
    path="steps[wash].after",
    page="Peel aftercare",
    part="Wash",
    was="PT24H",
    becomes="PT36H",
)


class FakeClient:
    """Answers what was asked for last in turn, and always knows the clinic."""

    def __init__(self, *replies: object) -> None:
        self._replies = list(replies)
        self.asked: list[Any] = []

    def ask(self, question: object) -> object:
        if isinstance(question, ListClinics):
            return (CLINIC,)
        self.asked.append(question)
        return self._replies.pop(0)


def run(monkeypatch: pytest.MonkeyPatch, client: FakeClient, *words: str) -> Result:
    @contextmanager
    def asking() -> Iterator[FakeClient]:
        yield client

    for module in ("overlays", "catalog"):
        monkeypatch.setattr(f"services.launcher.commands.{module}.asking", asking)
    return CliRunner().invoke(cli, list(words))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rowan.yaml"
    path.write_text("plan: peel-aftercare\n")
    return path


def test_put_sends_the_file_and_says_what_changes_and_what_to_sign(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    client = FakeClient(PutOverlayReply(info=INFO, is_new=True, changes=(MOVED,)))
    result = run(monkeypatch, client, "overlays", "put", str(file), "--clinic", CLINIC.name)

    [sent] = client.asked
    assert (sent.clinic_id, sent.name, sent.text) == (CLINIC.id, "rowan.yaml", file.read_text())
    assert not sent.dry_run
    for words in (
        "24 hours after the procedure → 36 hours after the procedure",
        "Version 3",
        "in use now",
        "contentHash abc",
    ):
        assert words in result.output


def test_check_puts_nothing_to_use(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    client = FakeClient(PutOverlayReply(info=None, changes=(MOVED,)))
    result = run(monkeypatch, client, "overlays", "check", str(file), "--clinic", CLINIC.name)

    assert client.asked[0].dry_run
    assert (result.exit_code, "Nothing is wrong" in result.output) == (0, True)


def test_problems_are_listed_and_end_with_1(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    client = FakeClient(PutOverlayReply(info=None, problems=(CONFLICT,)))
    result = run(monkeypatch, client, "overlays", "put", str(file), "--clinic", CLINIC.name)

    problem = f"{CONFLICT.where}: {CONFLICT.what}"
    assert f"1 to correct before this can be used:\n{problem}" in result.output
    assert result.exit_code == 1


def test_texts_to_read_again_are_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    text = Problem(where="plans/peel.yaml:7", what="wash, SMS: a day has passed")
    client = FakeClient(PutOverlayReply(info=INFO, changes=(MOVED,), read_again=(text,)))
    result = run(monkeypatch, client, "overlays", "put", str(file), "--clinic", CLINIC.name)

    assert "plans/peel.yaml:7: wash, SMS: a day has passed" in result.output


def test_a_file_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    result = run(monkeypatch, FakeClient(), "overlays", "put", str(file), "--clinic", CLINIC.name)

    assert "is not UTF-8; save it as UTF-8." in result.output


def test_list_says_whose_values_do_not_fit_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    output = run(monkeypatch, FakeClient((INFO, CONFLICTING)), "overlays", "list").output

    assert [line.rpartition("\t")[2] for line in output.splitlines()[:2]] == [
        "fits",
        "does not fit",
    ]
    assert f"{CONFLICT.where}: {CONFLICT.what}" in output


def test_list_with_nothing_in_use_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, FakeClient(()), "overlays", "list").output == ""


def test_show_prints_the_file_as_it_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient("plan: peel-aftercare\n")
    result = run(monkeypatch, client, "overlays", "show", PLAN, "--clinic", str(CLINIC.id))

    assert result.output == "plan: peel-aftercare\n"


def test_remove_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(True)  # noqa: FBT003 - what the service answers
    result = run(monkeypatch, client, "overlays", "remove", PLAN, "--clinic", CLINIC.name)

    assert f"uses {PLAN} as the catalog has it" in result.output


@pytest.mark.parametrize(("command", "reply"), [("show", None), ("remove", False)])
def test_a_plan_without_values_of_the_clinics_own_is_said(
    monkeypatch: pytest.MonkeyPatch, command: str, reply: object
) -> None:
    client = FakeClient(reply)
    result = run(monkeypatch, client, "overlays", command, PLAN, "--clinic", CLINIC.name)

    assert f"has no values of its own for {PLAN}" in result.output
    assert result.exit_code == 1


def test_publishing_says_whose_values_no_longer_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    release = ReleaseInfo(version="v", published_at=INFO.put_at, content_hash="h")
    client = FakeClient(release, PublishReply(info=release, is_new=True, conflicts=(CONFLICTING,)))
    result = run(monkeypatch, client, "catalog", "publish")

    assert f"Clinic {CLINIC.id}: its own values do not fit {PLAN} any more." in result.output
    assert f"{CONFLICT.where}: {CONFLICT.what}" in result.output
