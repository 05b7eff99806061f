"""Staff suppress addresses and lift suppressions."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.errors import UserErrorCode
from services.contracts.reminders import GetPatients, PatientRecord, PatientReply
from services.contracts.replies import LiftSuppression, SuppressContact
from services.contracts.words import Mode, SuppressionReason
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import suppression
from tests.support.reminders.aftercare import EMAIL, PHONE, Clinic, Service


@pytest.fixture
def ana(clinic: Clinic) -> PatientRecord:
    return clinic.register()


def suppress(clinic: Clinic, patient: PatientRecord, **changes: Any) -> PatientReply:
    usual: dict[str, Any] = {
        "scope": clinic.scope(),
        "patient_id": patient.id,
        "channel": Channel.SMS,
        "reason": "she asked us to call instead",
    }
    return clinic.service.do(SuppressContact(**(usual | changes)))


def lift(clinic: Clinic, patient: PatientRecord, **changes: Any) -> PatientReply:
    usual: dict[str, Any] = {
        "scope": clinic.scope(),
        "patient_id": patient.id,
        "channel": Channel.SMS,
        "evidence": "she answered from it",
    }
    return clinic.service.do(LiftSuppression(**(usual | changes)))


def reasons(reply: PatientReply) -> set[tuple[Channel, SuppressionReason]]:
    assert reply.patient, reply.refusals
    return {(entry.channel, entry.reason) for entry in reply.patient.suppressions}


def codes(reply: PatientReply) -> list[UserErrorCode]:
    return [refusal.code for refusal in reply.refusals]


def test_a_suppressed_address_is_shown_as_such(clinic: Clinic, ana: PatientRecord) -> None:
    assert reasons(suppress(clinic, ana)) == {(Channel.SMS, SuppressionReason.MANUAL)}


def test_an_email_is_suppressed_in_whatever_case_it_is_spelled(
    clinic: Clinic, ana: PatientRecord
) -> None:
    bea = clinic.register(phone=None, email=EMAIL.title(), consents=())

    suppress(clinic, ana, channel=Channel.EMAIL)

    scope = clinic.scope()
    (patient,) = clinic.service.ask(GetPatients(scope=scope, ids=(bea.id,)))
    assert patient
    assert [entry.reason for entry in patient.suppressions] == [SuppressionReason.MANUAL]


def test_suppressing_twice_changes_nothing(clinic: Clinic, ana: PatientRecord) -> None:
    suppress(clinic, ana)
    suppress(clinic, ana)

    assert clinic.service.count("suppression") == 1


def test_who_and_why_are_kept_and_why_is_sealed(
    clinic: Clinic, ana: PatientRecord, engine: sa.Engine, vault: Vault
) -> None:
    suppress(clinic, ana)
    lift(clinic, ana)

    with engine.connect() as connection:
        row = connection.execute(sa.select(suppression)).one()
    assert (row.recorded_by, row.lifted_by) == ("key:1", "key:1")
    why = [row.evidence_sealed, row.lift_evidence_sealed]
    assert [vault.open_text(sealed, context=contexts.SUPPRESSION_EVIDENCE) for sealed in why] == [
        "she asked us to call instead",
        "she answered from it",
    ]


def test_a_lifted_suppression_no_longer_applies(clinic: Clinic, ana: PatientRecord) -> None:
    suppress(clinic, ana)

    assert reasons(lift(clinic, ana)) == set()
    assert reasons(lift(clinic, ana)) == set()


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCE, SuppressionReason.INVALID])
def test_what_bounced_is_lifted_with_evidence(
    clinic: Clinic, ana: PatientRecord, reason: SuppressionReason
) -> None:
    clinic.service.suppress(clinic, Channel.EMAIL, EMAIL, reason)

    assert reasons(lift(clinic, ana, channel=Channel.EMAIL)) == set()


def test_staff_do_not_lift_an_opt_out(clinic: Clinic, ana: PatientRecord) -> None:
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)
    suppress(clinic, ana)

    reply = lift(clinic, ana)

    assert codes(reply) == [UserErrorCode.OPTED_OUT]
    asked = GetPatients(scope=clinic.scope(), ids=(ana.id,))
    (again,) = clinic.service.ask(asked)
    assert again
    assert {entry.reason for entry in again.suppressions} == {
        SuppressionReason.OPT_OUT,
        SuppressionReason.MANUAL,
    }


def test_staff_stop_an_address_for_their_own_clinic_alone(
    clinic: Clinic, service: Service, ana: PatientRecord
) -> None:
    other = Clinic(service, "Other Clinic")
    there = other.register()

    suppress(clinic, ana)

    (unchanged,) = service.ask(GetPatients(scope=other.scope(), ids=(there.id,)))
    assert unchanged
    assert unchanged.suppressions == ()


def test_reminders_that_wait_are_there_when_the_suppression_is_lifted(
    clinic: Clinic, ana: PatientRecord
) -> None:
    clinic.enroll(ana.id)
    before = [reminder.status for reminder in clinic.reminders()]

    suppress(clinic, ana)
    lift(clinic, ana)

    assert [reminder.status for reminder in clinic.reminders()] == before


@pytest.mark.parametrize("act", [suppress, lift])
def test_another_clinics_patient_is_unknown(
    clinic: Clinic, service: Service, ana: PatientRecord, act: Any
) -> None:
    other = Clinic(service, "Other Clinic")

    assert codes(act(other, ana)) == [UserErrorCode.NOT_FOUND]
    assert codes(act(clinic, ana, scope=clinic.scope(mode=Mode.TEST))) == [UserErrorCode.NOT_FOUND]


@pytest.mark.parametrize("act", [suppress, lift])
def test_a_missing_address_is_refused(clinic: Clinic, act: Any) -> None:
    unmailed = clinic.register(email=None, consents=())

    assert codes(act(clinic, unmailed, channel=Channel.EMAIL)) == [UserErrorCode.INVALID]


@pytest.mark.parametrize(("act", "field"), [(suppress, "reason"), (lift, "evidence")])
def test_a_reason_is_required(clinic: Clinic, ana: PatientRecord, act: Any, field: str) -> None:
    reply = act(clinic, ana, **{field: "  "})

    assert codes(reply) == [UserErrorCode.REQUIRED]
    assert reply.refusals[0].path == (field,)
