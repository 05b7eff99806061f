"""An operator sees how much moves in all clinics, and nobody in them."""

from datetime import date

from graphql import ExecutionResult

from services.contracts.catalog import Channel
from services.contracts.enrollments import ReportRow
from services.contracts.operations import ReportEverywhere
from services.contracts.words import Mode, ReminderStatus
from services.gateway.identity.viewer import Viewer
from tests.support.gateway.executor_oracle import execute_with_oracle
from tests.support.gateway.fake_calls import FRONT_END, OPERATOR, FakeClient, request_of
from tests.support.gateway.whole_schema import refused_codes, whole_schema

REPORT = """{ deliveryReport(from: "2026-12-01", to: "2026-12-31") {
  rows { date channel status count } } }"""


def report(client: FakeClient, viewer: Viewer) -> ExecutionResult:
    return execute_with_oracle(whole_schema(), REPORT, lambda: request_of(viewer, client))


def test_an_operator_counts_every_clinics_reminders() -> None:
    row = ReportRow(
        date=date(2026, 12, 2), channel=Channel.SMS, status=ReminderStatus.DELIVERED, count=7
    )
    client = FakeClient({ReportEverywhere: lambda _: (row,)})

    result = report(client, OPERATOR)

    assert result.errors is None
    assert result.data == {
        "deliveryReport": {
            "rows": [{"date": "2026-12-02", "channel": "SMS", "status": "DELIVERED", "count": 7}]
        }
    }
    assert (client.asked[0].mode, client.asked[0].first) == (Mode.LIVE, date(2026, 12, 1))


def test_a_publishable_key_counts_nothing() -> None:
    assert refused_codes(report(FakeClient(), FRONT_END)) == ["FORBIDDEN"]
