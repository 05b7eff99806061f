from functools import cache
from typing import Any

import pytest
from graphql import ExecutionResult

from services.contracts.check_ins import CheckInOptionRecord
from services.contracts.replies import LONGEST_REPLY, ExplainReply, ReplyReading
from services.contracts.words import CheckInLevel
from services.gateway.execution.batched import Batched
from services.gateway.identity.viewer import Viewer
from services.gateway.schema.build import build
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.fake_calls import (
    ANONYMOUS,
    FRONT_END,
    OPERATOR,
    STAFF,
    FakeClient,
    shipped_snapshot,
)
from tests.support.gateway.whole_schema import answer_of, refused_codes

READING = ReplyReading(
    level=CheckInLevel.RED,
    is_opt_out=False,
    may_be_opt_out=True,
    option=CheckInOptionRecord(value="3", label="getting worse"),
    reasons=("chooses “getting worse”",),
)
EXPLAIN = """query ($text: String!, $stepKey: String, $locale: Locale) {
  explainReply(text: $text, plan: "microneedling-aftercare", stepKey: $stepKey, locale: $locale) {
    level isOptOut mayBeOptOut option { value label } reasons } }"""


@cache
def shipped() -> Snapshot:
    return shipped_snapshot()


def explainer(reading: ReplyReading | None = READING) -> FakeClient:
    return FakeClient({ExplainReply: lambda _: reading})


def ask(
    viewer: Viewer, client: FakeClient, text: str = "3 please stop", **variables: Any
) -> ExecutionResult:
    return answer_of(client, viewer, EXPLAIN, {"text": text, **variables}, shipped())


def test_says_how_a_text_is_read() -> None:
    result = ask(STAFF, explainer())

    assert result.errors is None
    assert result.data == {
        "explainReply": {
            "level": "RED",
            "isOptOut": False,
            "mayBeOptOut": True,
            "option": {"value": "3", "label": "getting worse"},
            "reasons": ["chooses “getting worse”"],
        }
    }


def test_asks_for_what_was_given() -> None:
    client = explainer()

    ask(STAFF, client, "it hurts\n:(", stepKey="day-2-how-is-it-going", locale="es")

    asked = client.asked[0]
    assert (asked.text, asked.plan, asked.step_key, asked.locale) == (
        "it hurts\n:(",
        "microneedling-aftercare",
        "day-2-how-is-it-going",
        "es",
    )


def test_what_is_no_answer_has_no_level() -> None:
    thanks = ReplyReading(level=None, is_opt_out=False, may_be_opt_out=False)

    result = ask(STAFF, explainer(thanks))

    assert result.errors is None
    assert result.data
    assert result.data["explainReply"]["level"] is None


def test_a_question_that_is_not_there_is_null() -> None:
    result = ask(STAFF, explainer(None))

    assert (result.data, result.errors) == ({"explainReply": None}, None)


@pytest.mark.parametrize(
    ("viewer", "code"),
    [(ANONYMOUS, "UNAUTHENTICATED"), (FRONT_END, "FORBIDDEN"), (OPERATOR, "FORBIDDEN")],
)
def test_staff_alone_may_ask(viewer: Viewer, code: str) -> None:
    client = explainer()

    result = ask(viewer, client)

    assert (refused_codes(result), client.asked) == ([code], [])


def test_a_text_longer_than_any_message_is_refused() -> None:
    client = explainer()

    result = ask(STAFF, client, "x" * (LONGEST_REPLY + 1))

    assert (refused_codes(result), client.asked) == (["BAD_USER_INPUT"], [])


def test_texts_of_patients_stay_out_of_addresses() -> None:
    query = build().query_type
    assert query is not None
    resolver = query.fields["explainReply"].resolve

    assert isinstance(resolver, Batched)
    assert resolver.post_only
