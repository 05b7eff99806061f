"""The contacts that a clinic alerts, and the test of its alerts."""

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AcknowledgeAlert,
    AddAlertContact,
    AlertContactRecord,
    AlertTestReply,
    ListAlertContacts,
    RemoveAlertContact,
    SendTestAlert,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.database.tables import alert_contact
from tests.support.reminders.check_in_case import QUESTION, CheckInCase, asking
from tests.support.reminders.due_messages import PHONE

FIRST, SECOND = "+12025550141", "+12025550142"


@pytest.fixture
def case(engine: sa.Engine, vault: Vault) -> CheckInCase:
    """A patient with an open question, and a clinic with a contact in each tier."""
    case = CheckInCase(engine, vault)
    for tier, address in enumerate((FIRST, SECOND, "+12025550143", "+12025550144")):
        case.alert(tier, address)
    case.ask_patient()
    return case


def add(case: CheckInCase, address: str, **more: object) -> AlertContactRecord | Refusal:
    usual = {"clinic_id": case.due.clinic_id, "channel": Channel.SMS, "address": address}
    return case.do(AddAlertContact(**usual | more))  # type: ignore[arg-type]  # a test names them


def test_a_contact_is_stored_once_and_shown_masked(case: CheckInCase) -> None:
    added = [add(case, "+1 202 555 0177", tier=1, label="front desk") for _ in range(2)]

    assert added[0] == added[1]
    assert isinstance(added[0], AlertContactRecord)
    assert added[0].masked == "+120•••••177"
    listed = case.ask(ListAlertContacts(clinic_id=case.due.clinic_id))
    assert [contact.tier for contact in listed] == [0, 1, 1, 2, 3]


@pytest.mark.parametrize("written", ["202-555-O177", "1-800-555-1212", "202-555-0177 (desk)"])
def test_a_number_that_is_no_mobiles_is_not_alerted(case: CheckInCase, written: str) -> None:
    refused = add(case, written, tier=1)

    assert isinstance(refused, Refusal)
    assert refused.path == ("address",)


def test_a_removed_contact_is_not_alerted(case: CheckInCase) -> None:
    [first, *_] = case.ask(ListAlertContacts(clinic_id=case.due.clinic_id))
    removed = case.do(RemoveAlertContact(clinic_id=case.due.clinic_id, contact_id=first.id))
    case.text("there is pus")
    case.run_timers()

    assert isinstance(removed, AlertContactRecord)
    assert [text.split(":")[0] for text in case.deliver()] == [PHONE, SECOND]


@pytest.mark.parametrize(
    ("address", "more", "field"),
    [("12", {}, "address"), (FIRST, {"tier": 4}, "tier"), (FIRST, {"label": ""}, "label")],
)
def test_an_invalid_contact_is_refused(
    case: CheckInCase, address: str, more: dict[str, object], field: str
) -> None:
    refused = add(case, address, **more)

    assert isinstance(refused, Refusal)
    assert refused.path == (field,)


def test_a_test_alerts_everybody_and_one_confirmation_proves_the_chain(case: CheckInCase) -> None:
    reply = case.do(SendTestAlert(clinic_id=case.due.clinic_id))
    texts = case.deliver()
    before = [row.proven_at for row in case.due.rows_of(alert_contact)]
    case.do(AcknowledgeAlert(clinic_id=case.due.clinic_id, alert_id=case.alerts()[1].id, by="Ana"))

    assert reply == AlertTestReply(sent=4)
    assert all("this is a test" in text for text in texts)
    assert before == [None] * 4
    proven = [row.proven_at is not None for row in case.due.rows_of(alert_contact)]
    assert proven == [False, True, False, False]


def test_a_clinic_without_contacts_has_nothing_to_test(engine: sa.Engine, vault: Vault) -> None:
    case = CheckInCase(engine, vault, plan=asking(QUESTION))

    refused = case.do(SendTestAlert(clinic_id=case.due.clinic_id))

    assert isinstance(refused, Refusal)
    assert refused.code is UserErrorCode.REQUIRED
