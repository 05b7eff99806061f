from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.contracts.catalog import Channel
from services.contracts.enrollments import (
    ChangeEffect,
    EnrollmentChanges,
    MigrateEnrollments,
    MigrationReply,
    ReminderChange,
    ToldPage,
    ToldRecord,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.words import ReminderStatus
from services.launcher.main import cli

AT = datetime(2027, 3, 12, 10, tzinfo=UTC)
MOVED = ReminderChange(
    step_key="wash", channel=Channel.SMS, effect=ChangeEffect.MOVED, was=AT, becomes=AT
)


class FakeClient:
    """Answers in turn; remembers what it was asked."""

    def __init__(self, *replies: msgspec.Struct) -> None:
        self._replies = list(replies)
        self.asked: list[Any] = []

    def ask(self, question: object) -> msgspec.Struct:
        self.asked.append(question)
        return self._replies.pop(0)


def run(monkeypatch: pytest.MonkeyPatch, client: FakeClient, line: str) -> Result:
    @contextmanager
    def asking() -> Iterator[FakeClient]:
        yield client

    for module in ("enrollments", "reminders"):
        monkeypatch.setattr(f"services.launcher.commands.{module}.asking", asking)
    return CliRunner().invoke(cli, line.split())


def changes(number: int, *some: ReminderChange) -> EnrollmentChanges:
    return EnrollmentChanges(clinic_id=7, enrollment_id=number, from_version=1, changes=some)


def test_migrates_batch_by_batch_and_prints_what_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(
        MigrationReply(migrated=(changes(1, MOVED),), after=(7, 1)),
        MigrationReply(migrated=(changes(2),), after=None),
    )

    result = run(monkeypatch, client, "enrollments migrate --plan peel-care --to 2 --by robin")

    assert result.stdout.splitlines() == [
        (
            "clinic 7\tenrollment 1\tfrom version 1\t"
            "MOVED wash (SMS) 2027-03-12T10:00Z → 2027-03-12T10:00Z"
        ),
        "clinic 7\tenrollment 2\tfrom version 1\tnothing changes but the text",
        "2 migrated.",
    ]
    wanted = MigrateEnrollments(plan="peel-care", to_version=2, actor="robin")
    assert client.asked == [wanted, msgspec.structs.replace(wanted, after=(7, 1))]


def test_a_rehearsal_says_what_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(MigrationReply(migrated=(), after=None))

    result = run(monkeypatch, client, "enrollments migrate --plan peel-care --to 2 --dry-run")

    assert result.stdout == "0 would be migrated.\n"
    assert client.asked[0].dry_run


def test_a_migration_fails_with_the_words_of_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(Refusal(code=UserErrorCode.INVALID, message="The catalog has version 1."))

    result = run(monkeypatch, client, "enrollments migrate --plan peel-care --to 2")

    assert (result.exit_code, "The catalog has version 1." in result.output) == (1, True)


def test_lists_who_was_told_by_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    record = ToldRecord(
        clinic_id=7,
        patient_id=12,
        enrollment_id=5,
        step_key="wash",
        channel=Channel.SMS,
        status=ReminderStatus.DELIVERED,
        at=AT,
    )
    client = FakeClient(ToldPage(items=(record,), total=9))

    result = run(monkeypatch, client, "reminders told --plan peel-care --version 1")

    assert result.stdout.splitlines() == [
        "2027-03-12T10:00Z\tclinic 7\tpatient 12\tenrollment 5\twash\tSMS\tDELIVERED",
        "9 in all, 1 shown.",
    ]
