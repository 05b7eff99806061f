from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext, RequestDispatcher
from services.chassis.inbox import Inbox
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.contracts.catalog import Channel
from services.contracts.reminders import GetPatients, ListReminders, RecordConsent
from services.contracts.words import Mode, Role
from services.reminders.database.audit_log import AuditEntry, AuditRepository
from services.reminders.database.tables import inbox
from tests.support.gateway.queries import Counted
from tests.support.reminders.aftercare import Clinic, Service, consent


@pytest.fixture
def dispatcher(engine: sa.Engine, vault: Vault, service: Service) -> RequestDispatcher:
    """As the service's process works asks."""
    return RequestDispatcher(
        engine, Inbox(inbox, vault), service.audited_reads(), service.audited()
    )


def read(dispatcher: RequestDispatcher, *questions: Any) -> Sequence[Any]:
    return dispatcher.read(type(questions[0]).__name__, questions)


def noted(clinic: Clinic, patient_id: int, **changes: Any) -> list[asks.AuditRecord]:
    scope = clinic.scope(role=Role.ADMIN, **changes)
    page = clinic.service.ask(asks.ListAudit(scope=scope, patient_id=patient_id, limit=50))
    return list(page.items) if page else []


def test_a_read_is_recorded_with_actor_and_fields(
    dispatcher: RequestDispatcher, clinic: Clinic
) -> None:
    made = clinic.register()

    read(dispatcher, GetPatients(scope=clinic.scope(actor="key:4"), ids=(made.id,)))

    (entry,) = noted(clinic, made.id)
    assert (entry.actor, entry.kind, entry.action) == (
        "key:4",
        asks.AuditKind.READ,
        "GetPatients",
    )
    assert {"phone", "email", "display_name"} <= set(entry.fields)


def test_a_batch_of_reads_is_recorded_in_one_statement(
    dispatcher: RequestDispatcher, clinic: Clinic, engine: sa.Engine, service: Service
) -> None:
    ids = [clinic.register(reference=f"P-{n}").id for n in range(5)]
    questions = [GetPatients(scope=clinic.scope(), ids=(number,)) for number in ids]
    with Counted(engine) as alone:
        service.ask_all(questions)

    with Counted(engine) as audited:
        read(dispatcher, *questions)

    assert audited.count - alone.count == 1
    assert service.count("audit") == 5


def test_a_read_does_not_wait_for_the_disk(clinic: Clinic, engine: sa.Engine) -> None:
    settings: list[str] = []
    entry = AuditEntry(
        clinic_id=clinic.record.id, actor="key:1", role="STAFF", kind=asks.AuditKind.READ,
        action="GetPatients", patient_id=None, fields=(),
    )  # fmt: skip

    def ask(connection: sa.Connection) -> None:
        settings.append(connection.exec_driver_sql("show synchronous_commit").scalar_one())

    sa.event.listen(engine, "commit", ask)
    waits = sa.text("set local synchronous_commit = on")  # as it is outside of tests
    with engine.connect() as connection:
        connection.execute(waits)
        AuditRepository(connection).note_reads([entry])
    with engine.begin() as connection:
        connection.execute(waits)
        AuditRepository(connection).note([entry])
    sa.event.remove(engine, "commit", ask)

    assert settings == ["off", "on"]


def test_a_change_is_recorded_in_its_own_transaction(
    dispatcher: RequestDispatcher, clinic: Clinic, service: Service
) -> None:
    made = clinic.register()
    command = RecordConsent(scope=clinic.scope(), patient_id=made.id, consent=consent(Channel.SMS))

    dispatcher.command("RecordConsent", "c-1", command)
    dispatcher.command("RecordConsent", "c-1", command)  # delivered twice

    assert [(entry.kind, entry.fields) for entry in noted(clinic, made.id)] == [
        (asks.AuditKind.CHANGE, ("consent",))
    ]
    assert service.count("consent", patient_id=made.id) == 3


def test_a_change_that_is_rolled_back_leaves_no_entry(
    clinic: Clinic, engine: sa.Engine, service: Service
) -> None:
    command = RecordConsent(
        scope=clinic.scope(), patient_id=clinic.register().id, consent=consent(Channel.SMS)
    )
    with engine.connect() as connection:
        service.audited()[RecordConsent](connection, command, CommandContext("c-1"))
        connection.rollback()

    assert service.count("audit") == 0


def test_a_read_that_cannot_be_recorded_fails(
    dispatcher: RequestDispatcher, clinic: Clinic, engine: sa.Engine
) -> None:
    made = clinic.register()
    with engine.begin() as connection:
        connection.execute(sa.text("alter table reminders.audit rename to audit_away"))
    try:
        with pytest.raises(sa.exc.ProgrammingError):
            read(dispatcher, GetPatients(scope=clinic.scope(), ids=(made.id,)))
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("alter table reminders.audit_away rename to audit"))


def test_another_clinic_and_another_mode_do_not_see_the_entries(
    dispatcher: RequestDispatcher, clinic: Clinic, service: Service
) -> None:
    made = clinic.register()
    read(dispatcher, GetPatients(scope=clinic.scope(), ids=(made.id,)))
    other = Clinic(service, name="Elm Clinic")

    assert noted(other, made.id) == []
    assert noted(clinic, made.id, mode=Mode.TEST) == []
    assert len(noted(clinic, made.id)) == 1


def test_a_read_of_another_clinics_patient_is_not_recorded_for_them(
    dispatcher: RequestDispatcher, clinic: Clinic, service: Service
) -> None:
    made = clinic.register()
    other = Clinic(service, name="Elm Clinic")

    read(dispatcher, GetPatients(scope=other.scope(), ids=(made.id,)))
    read(dispatcher, ListReminders(scope=other.scope(), patient_id=made.id, limit=5))

    assert service.count("audit") == 0


def test_pages_begin_with_the_newest(dispatcher: RequestDispatcher, clinic: Clinic) -> None:
    made = clinic.register()
    for number in range(3):
        read(dispatcher, GetPatients(scope=clinic.scope(actor=f"key:{number}"), ids=(made.id,)))
    scope = clinic.scope(role=Role.ADMIN)

    first = clinic.service.ask(asks.ListAudit(scope=scope, patient_id=made.id, limit=2))
    assert first is not None
    rest = clinic.service.ask(
        asks.ListAudit(scope=scope, patient_id=made.id, limit=2, after=first.items[-1].id)
    )

    assert rest is not None
    assert [entry.actor for entry in first.items] == ["key:2", "key:1"]
    assert ([entry.actor for entry in rest.items], first.has_more, rest.has_more) == (
        ["key:0"],
        True,
        False,
    )
