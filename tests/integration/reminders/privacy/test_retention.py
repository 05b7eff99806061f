from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.contracts.errors import Refusal
from services.contracts.reminders import PatientRecord
from services.contracts.words import Mode, ReminderStatus
from services.reminders.database.tables import audit, decision, inbound_message, outbound
from services.reminders.privacy.domain.retention import DEFAULT_DAYS, DataKind
from services.reminders.privacy.storage.retention import BATCH, Purge
from tests.support.reminders.aftercare import NOW, Clinic, Service, set_clock


@pytest.fixture
def purge(engine: sa.Engine, vault: Vault) -> Purge:
    return Purge(engine, vault)


@pytest.fixture
def patient(clinic: Clinic) -> PatientRecord:
    made = clinic.register()
    clinic.enroll(made.id)
    return made


def deliver_all(engine: sa.Engine, **changes: Any) -> None:
    """Every message was delivered with a body, unless told otherwise."""
    usual: dict[str, Any] = {"state": ReminderStatus.DELIVERED, "body_sealed": b"sealed"}
    with engine.begin() as connection:
        connection.execute(sa.update(outbound).values(usual | changes))


def bodies(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(
            sa.select(sa.func.count()).where(outbound.c.body_sealed.is_not(None))
        ).scalar_one()


def later(engine: sa.Engine, days: int) -> None:
    set_clock(engine, NOW + timedelta(days=days))


def keep(clinic: Clinic, kind: str, days: int | None) -> asks.Keeping | Refusal:
    command = asks.SetRetention(clinic_id=clinic.record.id, kind=kind, days=days, actor="cli:robin")
    return clinic.service.do(command)


def kept(clinic: Clinic) -> dict[str, asks.Keeping]:
    shown = clinic.service.ask(asks.ShowRetention(clinic_id=clinic.record.id))
    return {keeping.kind: keeping for keeping in shown}


@pytest.mark.usefixtures("patient")
def test_texts_are_purged_after_a_year_and_their_messages_stay(
    engine: sa.Engine, purge: Purge, clinic: Clinic
) -> None:
    deliver_all(engine)
    count = clinic.service.count("outbound")
    purge()
    assert bodies(engine) == count

    later(engine, 365 + 60)
    purge()

    assert bodies(engine) == 0
    assert clinic.service.count("outbound", state=ReminderStatus.DELIVERED) == count


@pytest.mark.usefixtures("patient")
def test_an_unfinished_message_keeps_its_text(engine: sa.Engine, purge: Purge) -> None:
    deliver_all(engine, state=ReminderStatus.SENDING)
    later(engine, 800)

    purge()

    assert bodies(engine) > 0


@pytest.mark.usefixtures("patient")
def test_a_clinic_may_set_a_shorter_time(
    service: Service, engine: sa.Engine, purge: Purge, clinic: Clinic
) -> None:
    other = Clinic(service, name="Elm Clinic")
    other.enroll(other.register().id)
    deliver_all(engine)
    keep(clinic, "bodies", 30)
    later(engine, 70)

    purge()

    with engine.connect() as connection:
        left = set(
            connection.scalars(
                sa.select(outbound.c.clinic_id).where(outbound.c.body_sealed.is_not(None))
            )
        )
    assert left == {other.record.id}


@pytest.mark.usefixtures("patient")
def test_shows_how_many_rows_are_overdue(engine: sa.Engine, purge: Purge, clinic: Clinic) -> None:
    deliver_all(engine)
    assert kept(clinic)["bodies"].overdue == 0
    later(engine, 365 + 60)

    assert kept(clinic)["bodies"].overdue == bodies(engine) > 0
    purge()
    assert kept(clinic)["bodies"].overdue == 0


def test_purges_in_batches(
    engine: sa.Engine, purge: Purge, clinic: Clinic, patient: PatientRecord
) -> None:
    first = clinic.reminders(patient_id=patient.id)[0]
    row = {"clinic_id": clinic.record.id, "outbound_id": first.id, "at": NOW, "code": "OLD"}
    with engine.begin() as connection:
        connection.execute(sa.delete(decision))
        connection.execute(sa.insert(decision), [row] * (BATCH + 7))
    later(engine, 731)

    purge()
    assert clinic.service.count("decision") == 7
    purge()
    assert clinic.service.count("decision") == 0


def test_replies_are_purged_with_or_without_a_clinic(engine: sa.Engine, purge: Purge) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.insert(inbound_message).values(
                clinic_id=0, mode=Mode.LIVE, channel="SMS", provider="p", provider_message_id="1",
                text_sealed=b"sealed", their_address_sealed=b"sealed", address_index=b"i",
                understood_as="UNREAD", received_at=NOW,
            )
        )  # fmt: skip
    later(engine, 366)

    purge()

    with engine.connect() as connection:
        row = connection.execute(sa.select(inbound_message)).one()
    assert (row.text_sealed, row.their_address_sealed) == (None, None)


def test_the_audit_is_append_only(engine: sa.Engine, clinic: Clinic) -> None:
    values = {
        "clinic_id": clinic.record.id, "at": NOW, "actor": "key:1", "role": "STAFF",
        "kind": "READ", "action": "GetPatients", "fields": "",
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(sa.insert(audit).values(values))
    for change in (
        sa.update(audit).values(actor="nobody"),
        sa.delete(audit),
        sa.text("truncate reminders.audit"),
    ):
        with pytest.raises(sa.exc.ProgrammingError), engine.begin() as connection:
            connection.execute(change)

    assert clinic.service.count("audit", actor="key:1") == 1


def test_audit_entries_are_purged_by_age_only(
    engine: sa.Engine, purge: Purge, clinic: Clinic
) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.insert(audit).values(
                clinic_id=clinic.record.id, at=product_now, actor="key:1", role="STAFF",
                kind="READ", action="GetPatients", fields="",
            )
        )  # fmt: skip
    later(engine, DEFAULT_DAYS[DataKind.AUDIT] - 1)
    purge()
    assert clinic.service.count("audit") == 1

    later(engine, DEFAULT_DAYS[DataKind.AUDIT] + 1)
    purge()
    assert clinic.service.count("audit") == 0


def test_purging_nothing_works_for_every_kind(purge: Purge, clinic: Clinic) -> None:
    assert purge() == 0
    assert {kind: keeping.days for kind, keeping in kept(clinic).items()} == {
        str(kind): days for kind, days in DEFAULT_DAYS.items()
    }


@pytest.mark.parametrize(("kind", "days"), [("bodies", 29), ("bodies", 0), ("dreams", 365)])
def test_too_short_a_time_is_refused(clinic: Clinic, kind: str, days: int) -> None:
    assert isinstance(keep(clinic, kind, days), Refusal)


def test_the_refusal_of_too_long_a_time_names_the_longest(clinic: Clinic) -> None:
    refused = keep(clinic, "audit", 99_999_999_999)

    assert isinstance(refused, Refusal)
    assert refused.message == "Keep it 36,500 days at most."
    assert not isinstance(keep(clinic, "audit", 36_500), Refusal)


def test_the_default_can_be_restored(clinic: Clinic) -> None:
    keep(clinic, "audit", 4000)

    again = keep(clinic, "audit", None)

    assert isinstance(again, asks.Keeping)
    assert (again.days, again.is_own) == (2190, False)
