from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel, StepKind
from services.contracts.reminders import GetReminders, ListReminders, ReminderRecord, RenderReminder
from services.contracts.words import (
    AttemptOutcome,
    MessageDetail,
    Mode,
    ReminderOrder,
    ReminderStatus,
)
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import delivery_attempt, outbound, receipt
from tests.support.gateway.queries import Counted
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, consent


@pytest.fixture
def patient_id(clinic: Clinic) -> int:
    patient = clinic.register()
    clinic.enroll(patient.id)
    return patient.id


def ids(reminders: Sequence[ReminderRecord]) -> list[int]:
    return [reminder.id for reminder in reminders]


@pytest.mark.parametrize("order", ReminderOrder)
def test_pages_follow_each_other_without_gap_or_overlap(
    clinic: Clinic, patient_id: int, order: ReminderOrder
) -> None:
    whole = clinic.reminders(patient_id=patient_id, order=order)
    seen: list[int] = []
    after = None
    while True:
        ask = ListReminders(scope=clinic.scope(), order=order, limit=2, after=after)
        page = clinic.service.ask(ask)
        seen += ids(page.items)
        after = (page.items[-1].due_at, page.items[-1].id)
        if not page.has_more:
            break

    assert seen == ids(whole)
    assert [reminder.due_at for reminder in whole] == sorted(
        (reminder.due_at for reminder in whole), reverse=order is ReminderOrder.DUE_DESC
    )


@pytest.mark.parametrize(
    ("wanted", "steps"),
    [
        ({"channel": Channel.SMS}, {"prepare", "today", "wash"}),
        ({"kind": (StepKind.PREPARE,)}, {"prepare"}),
        ({"status": (ReminderStatus.ACCEPTED,)}, set()),
        ({"plan": PLAN.slug}, {"prepare", "today", "wash"}),
        ({"plan": "another"}, set()),
        ({"due_after": NOW + timedelta(days=2)}, {"today", "wash"}),
        ({"due_before": NOW + timedelta(days=2)}, {"prepare"}),
        ({"enrollment_id": 10**9}, set()),
    ],
)
def test_finds_what_is_asked_for(
    clinic: Clinic, patient_id: int, wanted: dict[str, Any], steps: set[str]
) -> None:
    records = clinic.reminders(patient_id=patient_id, **wanted)

    assert {row.step_key for row in records} == steps


def test_another_clinic_and_another_mode_see_nothing(clinic: Clinic, patient_id: int) -> None:
    mine = ids(clinic.reminders(patient_id=patient_id))
    strangers = (Clinic(clinic.service, "Other Clinic").scope(), clinic.scope(mode=Mode.TEST))

    pages = clinic.service.ask_all(
        [ListReminders(scope=stranger, limit=9) for stranger in strangers]
    )
    records = clinic.service.ask_all(
        [GetReminders(scope=stranger, ids=tuple(mine)) for stranger in strangers]
    )

    assert {page.items for page in pages} == {()}
    assert {number for some in records for number in some} == {None}


def test_answers_many_asks_in_their_order(clinic: Clinic, patient_id: int) -> None:
    del patient_id
    first, second = clinic.reminders(limit=2)

    records = clinic.service.ask_all(
        [
            GetReminders(scope=clinic.scope(), ids=(second.id, 10**9)),
            GetReminders(scope=clinic.scope(), ids=(first.id,)),
        ]
    )

    assert list(records) == [(second, None), (first,)]


def test_many_asks_cost_as_many_queries_as_one(clinic: Clinic, engine: sa.Engine) -> None:
    patients = [
        clinic.register(phone=f"+35191234567{n}", email=None, consents=(consent(Channel.SMS),))
        for n in range(8)
    ]
    asks = [
        ListReminders(scope=clinic.scope(), enrollment_id=clinic.enroll(patient.id).id, limit=5)
        for patient in patients
    ]

    with Counted(engine) as reminder:
        clinic.service.ask_all(asks[:1])
    with Counted(engine) as many:
        pages = clinic.service.ask_all(asks)

    assert many.count == reminder.count
    assert [len(page.items) for page in pages] == [3] * len(asks)


def test_a_page_without_details_holds_no_text(clinic: Clinic, patient_id: int) -> None:
    (reminder, *_) = clinic.reminders(patient_id=patient_id, details=False)

    assert (reminder.body, reminder.subject, reminder.attempts, reminder.why) == (
        None,
        None,
        (),
        (),
    )
    assert reminder.title == "About prepare"


def test_shows_exactly_what_was_sent(
    clinic: Clinic, patient_id: int, engine: sa.Engine, vault: Vault
) -> None:
    (reminder, *_) = clinic.reminders(patient_id=patient_id, channel=Channel.EMAIL)
    with engine.begin() as connection:
        connection.execute(
            sa.update(outbound)
            .where(outbound.c.id == reminder.id)
            .values(
                body_sealed=vault.seal_text("As it was.", context=contexts.BODY),
                subject_sealed=vault.seal_text("Then", context=contexts.SUBJECT),
            )
        )

    (sent,) = clinic.service.ask(GetReminders(scope=clinic.scope(), ids=(reminder.id,)))

    assert sent is not None
    assert (sent.subject, sent.body) == ("Then", "As it was.")


def test_shows_attempts_with_their_receipts(
    clinic: Clinic, patient_id: int, engine: sa.Engine
) -> None:
    (reminder, *_) = clinic.reminders(patient_id=patient_id)
    place = {"clinic_id": clinic.record.id}
    with engine.begin() as connection:
        connection.execute(
            sa.update(outbound).where(outbound.c.id == reminder.id).values(attempts=1)
        )
        attempt = connection.execute(
            sa.insert(delivery_attempt)
            .values(
                **place,
                outbound_id=reminder.id,
                number=1,
                token=1,
                owner="00000000-0000-0000-0000-000000000001",
                provider="carrier",
                started_at=NOW,
                outcome=AttemptOutcome.ACCEPTED,
                provider_reference="SM1",
            )
            .returning(delivery_attempt.c.id)
        ).scalar_one()
        connection.execute(
            sa.insert(receipt).values(
                **place,
                attempt_id=attempt,
                state="DELIVERED",
                provider_state="delivered",
                received_at=NOW,
            )
        )

    (tried,) = clinic.reminders(limit=1)[0].attempts

    assert (tried.provider, tried.outcome) == ("carrier", AttemptOutcome.ACCEPTED)
    assert [(receipt.state, receipt.code) for receipt in tried.receipts] == [("delivered", None)]


def test_shows_the_full_text_only_if_preference_and_consent_allow_it(clinic: Clinic) -> None:
    full = consent(Channel.EMAIL, detail=MessageDetail.DETAILED)
    patient = clinic.register(phone=None, detail=MessageDetail.DETAILED, consents=(full,))
    clinic.enroll(patient.id)

    assert {reminder.subject for reminder in clinic.reminders()} == {"Your peel"}


def test_renders_at_the_detail_asked_for(clinic: Clinic, patient_id: int) -> None:
    (reminder, *_) = clinic.reminders(patient_id=patient_id)
    asked = [
        RenderReminder(scope=clinic.scope(), reminder_id=number, detail=detail)
        for number, detail in (
            (reminder.id, MessageDetail.DETAILED),
            (reminder.id, MessageDetail.DISCREET),
            (10**9, MessageDetail.DISCREET),
        )
    ]

    detailed, discreet, unknown = clinic.service.ask_all(asked)

    assert detailed is not None
    assert "Your peel" in detailed
    assert discreet == reminder.body
    assert unknown is None
