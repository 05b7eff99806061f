from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.content.domain.compile_reading_rules import compile_reading_rules
from services.content.domain.read_reading_rules import (
    WEIGHTS,
    read_reading_rules,
    reading_rules_files,
)
from services.content.source.reader import shipped_files
from services.contracts.content import (
    CurrentReadingRules,
    GetReadingRules,
    PlanReview,
    SignOffReadingRules,
    SignOffReply,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import ListClinics
from services.contracts.words import Mode
from services.launcher.main import cli
from tests.support.content.catalog import shipped_with_word
from tests.support.gateway.care_records import CLINIC


class FakeClient:
    """Knows the clinic and the hash of the rules, and answers sign-offs with `reply`."""

    def __init__(self, reply: SignOffReply) -> None:
        self._reply = reply
        self.signed: list[SignOffReadingRules] = []

    def ask(self, question: object) -> Any:
        if isinstance(question, ListClinics):
            return (CLINIC,)
        if isinstance(question, GetReadingRules):
            return CurrentReadingRules(content_hash="abc")
        assert isinstance(question, SignOffReadingRules)
        self.signed.append(question)
        return self._reply


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ("replies", *words))


def sign(monkeypatch: pytest.MonkeyPatch, client: FakeClient, *words: str) -> Result:
    @contextmanager
    def asking() -> Iterator[FakeClient]:
        yield client

    monkeypatch.setattr("services.launcher.commands.replies.asking", asking)
    return run("sign-off", "--clinic", CLINIC.name, *words)


def test_a_text_is_tried_against_the_usual_question() -> None:
    result = run("try", "my throat is getting tight")

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "level RED (ALLERGIC_EMERGENCY)" in lines
    assert "refusal NONE" in lines
    assert any(line.startswith("– has trouble breathing") for line in lines)


def test_an_option_is_named() -> None:
    result = run("try", "1", "--plan", "ipl-aftercare", "--locale", "es")

    assert "GREEN" in result.output
    assert "1, como se esperaba" in result.output


@pytest.mark.parametrize(("country", "refusal"), [("MX", "OPT_OUT"), ("JP", "HELD")])
def test_a_keyword_may_depend_on_the_country(country: str, refusal: str) -> None:
    result = run("try", "alto", "--country", country.lower())

    assert f"refusal  {refusal}" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plan", "no-such-plan"), "There is no plan no-such-plan that asks; those that do:"),
        (
            ("--plan", "ipl-aftercare", "--step", "day-99"),
            "has no question at the step day-99; it asks at day-1-how-is-it-going",
        ),
    ],
)
def test_a_question_that_is_not_there_is_named(words: tuple[str, ...], message: str) -> None:
    result = run("try", "fine", *words)

    assert result.exit_code == 1
    assert message in result.output


def test_rules_of_another_folder_are_tried(tmp_path: Path) -> None:
    for path, text in shipped_with_word("FEVER", "zorbling").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    result = run("try", "zorbling all night", "--catalog", str(tmp_path))

    assert "RED (INFECTION)" in result.output, result.output


def test_a_labeled_file_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "labeled.csv"
    file.write_text(
        "text,level,refusal,language\n"
        "no puedo respirar,RED,no,es\n"
        "all good thanks,GREEN,no,en\n"
        "please stop texting me,UNCLEAR,yes,en\n"
        "what time do you open,RED,no,en\n",
        "utf-8",
    )

    result = run("measure", str(file), "--show", "missed-red")

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0].startswith("4 texts, read by rules ")
    assert "missed RED 1 of 2 50.0 %" in lines
    assert "missed refusals 0 of 1 0.0 %" in lines
    assert "line 5: RED read as UNCLEAR" in lines


def test_everyday_texts_have_no_matrix(tmp_path: Path) -> None:
    file = tmp_path / "everyday.csv"
    file.write_text("text\nsee you at lunch\n", "utf-8")

    result = run("measure", str(file))

    assert "missed RED" not in result.output
    assert "in 10,000" in result.output


def test_words_of_weights_are_counted_from_labeled_replies(tmp_path: Path) -> None:
    labeled, into = tmp_path / "replies.csv", tmp_path / "weights.yaml"
    rows = ["my cheek is a teapot,RED", "my cheek is a garden,UNCLEAR"] * 5
    labeled.write_text("\n".join(("text,level", *rows, "")), "utf-8")

    result = run("learn", str(labeled), "--into", str(into), "--certain", "0.9")

    assert result.exit_code == 0, result.output
    assert "from 10 texts" in result.output
    counted = read_reading_rules(
        {**reading_rules_files(shipped_files()), WEIGHTS: into.read_text("utf-8")}
    )
    assert counted.source is not None
    word_weights = compile_reading_rules(counted.source).rules.word_weights
    assert word_weights is not None
    assert word_weights.weights["teapot"] > 0 > word_weights.weights["garden"]
    assert word_weights.certain == 0.9


def signed_by(reviewer: str) -> SignOffReply:
    at = datetime(2027, 3, 10, tzinfo=UTC)
    return SignOffReply(review=PlanReview(reviewer=reviewer, reviewed_at=at, content_hash="abc"))


def test_a_clinician_signs_the_rules_off(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(signed_by("Dr. Ada Example"))

    result = sign(monkeypatch, client, "--reviewer", "Dr. Ada Example", "--registration", "R-1")

    assert result.output == (
        "The rules for replies, abc, are signed off by “Dr. Ada Example” (2027-03-10).\n"
    )
    [command] = client.signed
    assert (command.clinic_id, command.content_hash) == (CLINIC.id, "abc")
    assert (command.registration, command.mode, command.actor) == ("R-1", Mode.LIVE, "operator")


def test_without_a_name_it_is_the_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(signed_by("Demo clinician"))

    sign(monkeypatch, client, "--hash", "read")

    [command] = client.signed
    assert (command.content_hash, command.mode, command.actor) == ("read", Mode.TEST, "demo")


def test_a_refused_sign_off_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Refusal(code=UserErrorCode.STALE, message="Replies are read by other rules by now.")

    result = sign(monkeypatch, FakeClient(SignOffReply(refusal=refusal)), "--hash", "old")

    assert result.exit_code == 1
    assert "other rules by now" in result.output
