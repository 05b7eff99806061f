"""Whose text it is, however a gateway writes the numbers."""

import pytest

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound
from services.reminders.check_ins.usecases.record_inbound import InboundEffect
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import inbound_message, outbound, suppression
from tests.support.reminders.due_messages import LONG_AGO, PHONE, SENDERS, DueMessages
from tests.support.reminders.units_of_work import ignore, receive_text


def stop(
    due: DueMessages, *, theirs: str = PHONE, ours: str = SENDERS[Channel.SMS]
) -> InboundEffect:
    inbound = RecordInbound(
        provider="twilio",
        channel=Channel.SMS,
        our_address=ours,
        their_address=theirs,
        text="STOP",
        provider_message_id="SM-1",
        received_at=LONG_AGO,
    )
    return receive_text(due.engine, due.vault, inbound, ignore)


@pytest.mark.parametrize(
    "form",
    [
        f" {PHONE[1:]}",  # a plus sign in an address that was not quoted
        PHONE[1:],
        f"00{PHONE[1:]}",
        PHONE[2:],
        f"\u200b+1 ({PHONE[2:5]}) {PHONE[5:8]}-{PHONE[8:]}",
    ],
)
def test_an_opt_out_is_from_its_number_however_a_gateway_writes_it(
    due: DueMessages, form: str
) -> None:
    stop(due, theirs=form)

    [row] = due.rows_of(suppression)
    assert row.address_index == due.index(Channel.SMS, PHONE)
    kinds = [row.kind for row in due.rows_of(outbound)]
    assert kinds.count(OutboundKind.OPT_OUT_CONFIRMATION) == 1


@pytest.mark.parametrize("ours", [SENDERS[Channel.SMS][1:], f" {SENDERS[Channel.SMS][1:]}"])
def test_a_text_reaches_its_clinic_however_a_gateway_writes_our_number(
    due: DueMessages, ours: str
) -> None:
    assert stop(due, ours=ours).has_clinic
    assert len(due.rows_of(suppression)) == 1


@pytest.mark.parametrize("sender_name", ["MyBank", "32665", "+1 202 555 O123"])
def test_a_text_from_no_number_is_recorded_as_it_came(due: DueMessages, sender_name: str) -> None:
    stop(due, theirs=sender_name)

    [row] = due.rows_of(inbound_message)
    sealed = due.vault.open_text(row.their_address_sealed, context=contexts.INBOUND_ADDRESS)
    assert sealed == sender_name
    assert due.index(Channel.SMS, PHONE) not in [
        row.address_index for row in due.rows_of(suppression)
    ]
