"""`afterglow catalog withdraw`: what it leads to comes first, and nothing is done unasked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.chassis.ask import UpstreamTimeout
from services.contracts.content import ClinicPlan, GetClinicPlan
from services.contracts.enrollments import (
    ForeseeWithdrawal,
    WithdrawalOutlook,
    WithdrawalReply,
    WithdrawPlan,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.launcher.main import cli
from tests.support.content.catalog import shipped_release

OUTLOOK = WithdrawalOutlook(clinics=2, enrollments=5, unsent=31, told=12)
DONE = WithdrawalReply(hold_id=3, unsent=31, told=12)
PLAN = ClinicPlan(
    release=shipped_release().info.version,
    plan=msgspec.structs.replace(
        next(p for p in shipped_release().catalogs["en"].plans if p.slug == "ipl-aftercare"),
        version=1,
    ),
)
LINE = "catalog withdraw ipl-aftercare 1 --reason recalled --by robin"


class Services:
    """Answers by kind of ask; an exception is raised."""

    def __init__(self, **changes: Any) -> None:
        self.asked: list[Any] = []
        self.answers: dict[str, Any] = {
            "ForeseeWithdrawal": OUTLOOK, "GetClinicPlan": PLAN, "WithdrawPlan": DONE,
        } | changes  # fmt: skip

    def ask(self, question: Any, **_: Any) -> Any:
        self.asked.append(question)
        answer = self.answers[type(question).__name__]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def did_it(self) -> bool:
        return any(isinstance(question, WithdrawPlan) for question in self.asked)


def run(monkeypatch: pytest.MonkeyPatch, services: Services, line: str) -> Result:
    @contextmanager
    def asking() -> Iterator[Services]:
        yield services

    monkeypatch.setattr("services.launcher.commands.catalog.asking", asking)
    return CliRunner().invoke(cli, line.split())


def test_says_what_it_leads_to_before_it_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services()

    result = run(monkeypatch, services, f"{LINE} --yes")

    assert result.stdout.splitlines()[:5] == [
        "Withdrawing version 1 of ipl-aftercare:",
        "  5 running enrollments, of 2 clinics, follow it.",
        (
            "  31 unsent reminders are held back; none is dropped, but each expires when its time "
            "is over."
        ),
        "  12 reminders went out; those people are told nothing by this.",
        "  Nobody more is enrolled in it.",
    ]
    assert [type(question) for question in services.asked] == [
        ForeseeWithdrawal, GetClinicPlan, WithdrawPlan,
    ]  # fmt: skip
    assert services.asked[-1] == WithdrawPlan(
        plan="ipl-aftercare", version=1, actor="robin", reason="recalled"
    )


def test_says_afterwards_who_was_told_and_how_to_lift_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Services(), f"{LINE} --yes")

    assert "afterglow reminders told --plan ipl-aftercare --version 1" in result.stdout
    assert "afterglow reminders release 3 --reason TEXT" in result.stdout


def test_does_nothing_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services()

    result = run(monkeypatch, services, LINE)

    assert (result.exit_code, services.did_it()) == (1, False)
    assert "Say --yes to do it without" in result.output


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PLAN, "PUBLIC IS STILL SHOWN IT"),
        (None, "The current release has no such plan"),
        (UpstreamTimeout("content", 5), "The content service does not answer"),
    ],
)
def test_says_whether_the_public_is_shown_it(
    monkeypatch: pytest.MonkeyPatch, plan: Any, words: str
) -> None:
    result = run(monkeypatch, Services(GetClinicPlan=plan), f"{LINE} --yes")

    assert (result.exit_code, words in result.stdout) == (0, True)


def test_says_that_it_was_withdrawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    again = WithdrawalOutlook(clinics=0, enrollments=0, unsent=0, told=12, hold_id=3)

    result = run(monkeypatch, Services(ForeseeWithdrawal=again), f"{LINE} --yes")

    assert result.stdout.startswith("Version 1 of ipl-aftercare is withdrawn already (hold 3):")


def test_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Refusal(code=UserErrorCode.NOT_FOUND, message="Nobody was enrolled in it.")

    result = run(monkeypatch, Services(WithdrawPlan=refusal), f"{LINE} --yes")

    assert (result.exit_code, "Nobody was enrolled in it." in result.output) == (1, True)
