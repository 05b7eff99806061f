from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.answer import CommandContext, RequestDispatcher
from services.chassis.inbox import Inbox
from services.chassis.vault import Vault
from services.contracts import privacy as asks
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.reminders import (
    GetPatients,
    PatientRecord,
    RecordConsent,
    RegisterPatient,
)
from services.contracts.words import (
    CheckInLevel,
    EscalationOutcome,
    Mode,
    ReminderStatus,
    Role,
    SuppressionReason,
    TaskKind,
)
from services.reminders.core.key import Key
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import (
    enrollment,
    escalation,
    inbound_message,
    inbox,
    metadata,
    outbound,
    staff_task,
)
from services.reminders.privacy.storage.erasure import ErasureRepository
from services.reminders.privacy.storage.retention import Purge
from tests.support.reminders.aftercare import EMAIL, NOW, PHONE, Clinic, Service, consent

REASON = "asked by letter"


@pytest.fixture
def patient(clinic: Clinic) -> PatientRecord:
    """Enrolled, with evidence of their consents."""
    consents = [
        consent(channel, evidence="form 7, drawer 3") for channel in (Channel.SMS, Channel.EMAIL)
    ]
    made = clinic.register(reference="P-1", region="PT-11", consents=tuple(consents))
    clinic.enroll(made.id, reference="E-1", visit_reference="V-1")
    return made


def erase(clinic: Clinic, patient_id: int, **changes: Any) -> asks.EraseReply:
    scope = clinic.scope(role=Role.ADMIN, actor="key:9")
    usual: dict[str, Any] = {"scope": scope, "patient_id": patient_id, "reason": REASON}
    return clinic.service.do(asks.ErasePatient(**(usual | changes)))


def codes(reply: asks.EraseReply) -> list[UserErrorCode]:
    return [refusal.code for refusal in reply.refusals]


def everything(engine: sa.Engine) -> Iterator[tuple[str, str, object]]:
    """Each value that is stored, with its table and column."""
    with engine.connect() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(sa.select(table)).mappings():
                for column, value in row.items():
                    yield table.name, str(column), value


def sealed(engine: sa.Engine) -> list[tuple[str, str]]:
    """The sealed columns that still hold something."""
    return [
        (table, column)
        for table, column, value in everything(engine)
        if column.endswith("_sealed") and value is not None
    ]


def test_only_the_reason_of_the_erasure_stays_sealed(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    assert erase(clinic, patient.id).patient_id == patient.id

    assert sealed(engine) == [("patient", "erase_reason_sealed")]


def test_an_erased_patient_has_no_identity(clinic: Clinic, patient: PatientRecord) -> None:
    erase(clinic, patient.id)

    (left,) = clinic.service.ask(GetPatients(scope=clinic.scope(), ids=(patient.id,)))
    assert left is not None
    assert (left.display_name, left.phone, left.email, left.reference) == (None,) * 4
    assert (left.contact_points, left.region, left.is_adult) == ((), None, None)


def test_counts_and_the_proof_of_consent_stay(clinic: Clinic, patient: PatientRecord) -> None:
    planned = len(clinic.reminders(patient_id=patient.id))

    erase(clinic, patient.id)

    assert len(clinic.reminders(patient_id=patient.id)) == planned
    (left,) = clinic.service.ask(GetPatients(scope=clinic.scope(), ids=(patient.id,)))
    assert left is not None
    assert [consent.source for consent in left.consents] == ["intake form", "intake form"]
    assert clinic.service.count("consent", patient_id=patient.id) == 2


def test_unsent_messages_are_cancelled_and_emptied(clinic: Clinic, patient: PatientRecord) -> None:
    erase(clinic, patient.id)

    reminders = clinic.reminders(patient_id=patient.id)
    assert {reminder.status.value for reminder in reminders} == {"CANCELLED"}
    assert {reminder.why[-1].code for reminder in reminders} == {"PATIENT_ERASED"}
    assert {reminder.body for reminder in reminders} == {None}
    assert clinic.service.count("enrollment", status="CANCELLED") == 1
    assert clinic.service.count("staff_task", done_at=None) == 0


def test_a_suppressed_address_stays_suppressed(clinic: Clinic, patient: PatientRecord) -> None:
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    erase(clinic, patient.id)

    reply = clinic.service.do(clinic.registration(reference="P-2"))
    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.OPTED_OUT]


def test_the_address_and_the_reference_are_free_for_a_new_patient(
    clinic: Clinic, patient: PatientRecord
) -> None:
    erase(clinic, patient.id)

    again = clinic.register(reference="P-1")

    assert again.id != patient.id
    assert not any(point.is_shared for point in again.contact_points)


def test_erasing_twice_changes_nothing(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    erase(clinic, patient.id)
    before = list(everything(engine))

    assert erase(clinic, patient.id, reason="again").patient_id == patient.id

    assert list(everything(engine)) == before


def test_repeating_the_registration_restores_nothing(
    clinic: Clinic,
) -> None:
    command = clinic.registration(reference="P-1")
    first = clinic.service.do(command)
    assert first.patient
    erase(clinic, first.patient.id)

    again = clinic.service.do(command)

    assert again.patient is not None
    assert (again.patient.id, again.patient.display_name) == (first.patient.id, None)
    assert clinic.service.count("patient") == 1


def test_nothing_can_be_added_to_an_erased_patient(clinic: Clinic, patient: PatientRecord) -> None:
    erase(clinic, patient.id)

    reply = clinic.service.do(
        RecordConsent(scope=clinic.scope(), patient_id=patient.id, consent=consent(Channel.SMS))
    )
    enrolled = clinic.service.do(clinic.enrollment(patient.id))

    assert [refusal.code for refusal in reply.refusals] == [UserErrorCode.NOT_FOUND]
    assert [refusal.code for refusal in enrolled.refusals] == [UserErrorCode.NOT_FOUND]


@pytest.mark.parametrize("role", [Role.STAFF, Role.CLINICIAN, Role.FRONT_END, Role.OPERATOR])
def test_only_an_administrator_erases(clinic: Clinic, patient: PatientRecord, role: Role) -> None:
    reply = erase(clinic, patient.id, scope=clinic.scope(role=role))

    assert codes(reply) == [UserErrorCode.NOT_ALLOWED]


def test_a_patient_is_not_erased_without_a_reason(clinic: Clinic, patient: PatientRecord) -> None:
    assert codes(erase(clinic, patient.id, reason="  ")) == [UserErrorCode.REQUIRED]


def test_another_clinics_administrator_cannot_erase_the_patient(
    service: Service, clinic: Clinic, patient: PatientRecord
) -> None:
    other = Clinic(service, name="Elm Clinic")

    reply = erase(other, patient.id)

    assert codes(reply) == [UserErrorCode.NOT_FOUND]
    assert len(clinic.reminders(status=None)) > 0


def test_a_test_key_erases_no_live_patient(clinic: Clinic, patient: PatientRecord) -> None:
    reply = erase(clinic, patient.id, scope=clinic.scope(role=Role.ADMIN, mode=Mode.TEST))

    assert codes(reply) == [UserErrorCode.NOT_FOUND]


def test_other_patients_with_the_same_address_keep_their_data(clinic: Clinic) -> None:
    first = clinic.register(reference="P-1")
    other = clinic.register(reference="P-2", display_name="Bea")

    erase(clinic, first.id)

    (left,) = clinic.service.ask(GetPatients(scope=clinic.scope(), ids=(other.id,)))
    assert left is not None
    assert (left.display_name, left.phone, left.email) == ("Bea", PHONE, EMAIL)


def test_stored_replies_to_commands_are_erased(
    engine: sa.Engine, vault: Vault, clinic: Clinic
) -> None:
    dispatcher = RequestDispatcher(engine, Inbox(inbox, vault), {}, clinic.service.audited())
    kept = clinic.registration()
    registered = dispatcher.command("RegisterPatient", "c1", kept)
    patient_id = msgspec.msgpack.decode(registered, type=RegisterPatient.reply_type()).patient
    assert patient_id is not None
    other = clinic.registration(reference="P-2")
    dispatcher.command("RegisterPatient", "c2", other)

    scope = clinic.scope(role=Role.ADMIN)
    command = asks.ErasePatient(scope=scope, patient_id=patient_id.id, reason=REASON)
    dispatcher.command("ErasePatient", "c3", command)

    with engine.connect() as connection:
        left = set(connection.scalars(sa.select(inbox.c.command_id)))
    assert left == {"c2", "c3"}


def test_a_message_that_is_being_sent_is_not_stopped(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.update(outbound)
            .where(outbound.c.step_key == "prepare")
            .values(state=ReminderStatus.SENDING)
        )

    erase(clinic, patient.id)

    states = {
        reminder.step_key: reminder.status.value
        for reminder in clinic.reminders(patient_id=patient.id)
    }
    assert states["prepare"] == "SENDING"
    assert states["wash"] == "CANCELLED"


def in_trouble(engine: sa.Engine, clinic: Clinic, patient_id: int, **changes: Any) -> None:
    """An escalation of the patient's enrollment, open unless told otherwise."""
    usual: dict[str, Any] = {
        "clinic_id": clinic.record.id,
        "mode": Mode.LIVE,
        "level": CheckInLevel.RED,
        "reason_sealed": b"sealed",
        "note_sealed": b"sealed",
        "patient_id": patient_id,
        "opened_at": NOW,
    }
    with engine.begin() as connection:
        whose = sa.select(sa.func.min(enrollment.c.id)).scalar_subquery()
        connection.execute(sa.insert(escalation).values(**(usual | changes), enrollment_id=whose))


def test_a_patient_with_an_open_escalation_cannot_be_erased(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    in_trouble(engine, clinic, patient.id)

    assert codes(erase(clinic, patient.id)) == [UserErrorCode.CONFLICT]
    assert clinic.service.count("patient", erased_at=None) == 1


def test_the_reason_of_a_resolved_escalation_is_erased(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    resolved = {"resolved_at": NOW, "outcome": EscalationOutcome.ADVISED}
    in_trouble(engine, clinic, patient.id, **resolved)

    assert erase(clinic, patient.id).patient_id == patient.id

    assert sealed(engine) == [("patient", "erase_reason_sealed")]
    assert clinic.service.count("escalation", outcome=EscalationOutcome.ADVISED) == 1


def test_an_unmatched_text_is_erased_with_the_last_owner_of_its_number(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine, vault: Vault
) -> None:
    other = clinic.register(reference="P-2")
    with engine.begin() as connection:
        connection.execute(
            sa.insert(inbound_message).values(
                clinic_id=clinic.record.id, mode=Mode.LIVE, channel=Channel.SMS, provider="p",
                provider_message_id="1", text_sealed=b"sealed", understood_as="UNREAD",
                address_index=vault.index(PHONE, context=contexts.address_context(Channel.SMS)),
                received_at=NOW,
            )
        )  # fmt: skip
    texts = ("inbound_message", "text_sealed")

    erase(clinic, patient.id)
    assert texts in sealed(engine)
    erase(clinic, other.id)
    assert texts not in sealed(engine)


def test_texts_stored_during_an_erasure_are_erased_by_the_next_purge(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine, vault: Vault
) -> None:
    erase(clinic, patient.id)
    with engine.begin() as connection:
        connection.execute(sa.update(outbound).values(body_sealed=b"sealed"))

    Purge(engine, vault)()

    assert sealed(engine) == [("patient", "erase_reason_sealed")]


def test_a_concurrent_write_about_the_patient_waits(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine, vault: Vault
) -> None:
    key = Key(clinic.record.id, Mode.LIVE, patient.id)
    note = sa.insert(staff_task).values(
        clinic_id=key.clinic_id, kind=TaskKind.OTHER, title="x", patient_id=key.id, opened_at=NOW
    )
    with engine.connect() as erasing, engine.connect() as writing:
        assert ErasureRepository(erasing, vault).lock(key)
        writing.execute(sa.text("set local lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError):
            writing.execute(note)


def test_the_erasure_is_audited_in_the_same_transaction(
    clinic: Clinic, patient: PatientRecord, engine: sa.Engine
) -> None:
    act = clinic.service.audited()[asks.ErasePatient]
    scope = clinic.scope(role=Role.ADMIN, actor="key:9")
    command = asks.ErasePatient(scope=scope, patient_id=patient.id, reason=REASON)
    with engine.connect() as connection:
        act(connection, command, CommandContext("c"))
        connection.rollback()
    assert clinic.service.count("audit") == 0

    with engine.begin() as connection:
        act(connection, command, CommandContext("c"))
    assert clinic.service.count("audit", action="ErasePatient", actor="key:9") == 1
