from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts import privacy as asks
from services.contracts.catalog import Channel, Purpose
from services.contracts.errors import Refusal
from services.contracts.privacy import ImportKind
from services.contracts.reminders import FindPatient, PatientRecord
from services.contracts.words import ConsentMethod, ConsentState, Mode, Role, SuppressionReason
from services.reminders.registration.usecases.import_columns import COLUMNS
from tests.support.reminders.aftercare import EMAIL, PHONE, Clinic, Service

CONSENT = {
    "consent_channels": "sms",
    "consent_method": "PAPER",
    "consent_wording": "2026-1",
    "consent_obtained_at": "2026-11-02T09:30:00+00:00",
    "consent_source": "intake form",
    "consent_evidence": "drawer 3",
}


def admin(clinic: Clinic, **changes: Any) -> Any:
    return clinic.scope(role=Role.ADMIN, actor="cli:robin", **changes)


def row(line: int, **values: str) -> asks.Row:
    return asks.Row(line=line, values={"reference": f"P-{line}", "phone": PHONE} | values)


def barring(line: int, address: str, **values: str) -> asks.Row:
    usual = {"channel": "SMS", "address": address, "reason": "OPT_OUT"}
    return asks.Row(line=line, values=usual | values)


def start(
    clinic: Clinic, kind: ImportKind = ImportKind.PATIENTS, digest: str = "a", **changes: Any
) -> asks.ImportJob:
    scope = admin(clinic, **changes)
    command = asks.StartImport(scope=scope, kind=kind, digest=digest, columns=COLUMNS[kind])
    job = clinic.service.do(command)
    assert isinstance(job, asks.ImportJob)
    return job


def take(
    clinic: Clinic,
    job: asks.ImportJob | None,
    *rows: asks.Row,
    kind: ImportKind = ImportKind.PATIENTS,
    **changes: Any,
) -> asks.BatchReply:
    number = job.id if job else None
    scope = admin(clinic, **changes)
    reply = clinic.service.do(asks.ImportRows(scope=scope, kind=kind, job_id=number, rows=rows))
    assert isinstance(reply, asks.BatchReply)
    return reply


def patient_by_reference(
    clinic: Clinic, reference: str, mode: Mode = Mode.LIVE
) -> PatientRecord | None:
    return clinic.service.ask(FindPatient(scope=clinic.scope(mode=mode), reference=reference))


def test_a_row_becomes_a_patient_with_the_proof_of_their_consent(clinic: Clinic) -> None:
    reply = take(clinic, start(clinic), row(2, name="Ana", is_adult="yes", **CONSENT))

    assert (reply.added, reply.known, reply.faults) == (1, 0, ())
    made = patient_by_reference(clinic, "P-2")
    assert made is not None
    assert (made.display_name, made.phone, made.is_adult) == ("Ana", PHONE, True)
    (entry,) = made.consents
    assert (entry.channel, entry.purpose, entry.state) == (
        Channel.SMS,
        Purpose.CARE,
        ConsentState.GRANTED,
    )
    assert (entry.method, entry.wording_version) == (ConsentMethod.PAPER, "2026-1")
    proof = clinic.service.ask(asks.ExportPatient(scope=admin(clinic), reference="P-2"))
    assert proof is not None
    assert proof.consent_proofs[0].evidence == "drawer 3"
    assert proof.consent_proofs[0].obtained_at is not None


def test_the_same_rows_again_change_nothing(clinic: Clinic) -> None:
    job = start(clinic)
    take(clinic, job, row(2))

    again = take(clinic, job, row(2), row(3, phone="+351912345679"))

    assert (again.added, clinic.service.count("patient")) == (2, 2)


def test_the_same_file_goes_on_where_it_ended(clinic: Clinic) -> None:
    take(clinic, start(clinic), row(2), row(3), row(4, phone="no number"))

    again = start(clinic)

    assert (again.done_through, again.added, again.refused) == (4, 2, 1)
    assert again.id is not None
    faults = clinic.service.ask(asks.ListImportFaults(scope=admin(clinic), job_id=again.id))
    assert [(fault.line, fault.column) for fault in faults] == [(4, "phone")]


def test_a_known_patient_is_not_changed(clinic: Clinic) -> None:
    clinic.register(reference="P-2", display_name="Ana")

    reply = take(clinic, start(clinic), row(2, name="Somebody else"))

    assert (reply.added, reply.known) == (0, 1)
    kept = patient_by_reference(clinic, "P-2")
    assert kept is not None
    assert kept.display_name == "Ana"


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"phone": "00"}, "phone"),
        ({"email": "quill at example"}, "email"),
        ({"reference": ""}, "reference"),
        ({"is_adult": "perhaps"}, "is_adult"),
        ({"is_adult": "no"}, "is_adult"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"channels": "pigeon"}, "channels"),
        ({**CONSENT, "consent_method": ""}, "consent_method"),
        ({**CONSENT, "consent_wording": ""}, "consent_wording"),
        ({**CONSENT, "consent_obtained_at": "yesterday"}, "consent_obtained_at"),
        ({**CONSENT, "consent_obtained_at": "2099-01-01T00:00:00Z"}, "consent_obtained_at"),
        ({**CONSENT, "consent_source": ""}, "consent_source"),
        ({**CONSENT, "consent_channels": ""}, "consent_channels"),
        ({**CONSENT, "consent_channels": "EMAIL"}, "consent_channels"),
    ],
)
def test_a_bad_row_is_told_by_line_and_column_and_never_repeated(
    clinic: Clinic, values: dict[str, str], column: str
) -> None:
    reply = take(clinic, start(clinic), row(7, **values))

    (fault,) = reply.faults
    assert (fault.line, fault.column) == (7, column)
    reason = fault.reason.lower()
    assert not any(value and value.lower() in reason for value in values.values())


@pytest.mark.parametrize(
    ("values", "channels"),
    [
        ({"consent_channels": "SMS, EMAIL"}, {Channel.SMS, Channel.EMAIL}),
        ({"consent_channels": "email;sms"}, {Channel.SMS, Channel.EMAIL}),
        ({"consent_channels": "\u200bSms "}, {Channel.SMS}),
        ({"consent_method": "In person"}, {Channel.SMS}),
        ({"consent_method": "web-form"}, {Channel.SMS}),
        ({"is_adult": "Verdadero"}, {Channel.SMS}),
        ({"locale": "pt-pt"}, {Channel.SMS}),
    ],
)
def test_a_word_may_be_written_as_people_write_it(
    clinic: Clinic, values: dict[str, str], channels: set[Channel]
) -> None:
    reply = take(clinic, start(clinic), row(2, email=EMAIL, **CONSENT | values))

    assert reply.faults == ()
    patient = patient_by_reference(clinic, "P-2")
    assert patient is not None
    assert {entry.channel for entry in patient.consents} == channels


def test_bad_rows_do_not_hold_back_good_ones(clinic: Clinic) -> None:
    reply = take(clinic, start(clinic), row(2, phone="00"), row(3))

    assert (reply.added, len(reply.faults)) == (1, 1)


def test_a_dry_run_finds_the_same_faults_and_stores_nothing(clinic: Clinic) -> None:
    rehearsed = take(clinic, None, row(2), row(3, phone="00"))

    assert (rehearsed.added, [fault.line for fault in rehearsed.faults]) == (1, [3])
    for table in ("patient", "contact_point", "import_job", "import_row", "idempotency"):
        assert clinic.service.count(table) == 0


def test_a_consent_never_lifts_an_opt_out(clinic: Clinic) -> None:
    clinic.service.suppress(clinic, Channel.SMS, PHONE, SuppressionReason.OPT_OUT)

    reply = take(clinic, start(clinic), row(2, **CONSENT))

    assert [fault.column for fault in reply.faults] == ["consent_channels"]


def test_every_spelling_of_an_email_that_opted_out_is_refused(clinic: Clinic) -> None:
    clinic.service.suppress(clinic, Channel.EMAIL, EMAIL, SuppressionReason.OPT_OUT)
    by_email = CONSENT | {"consent_channels": "EMAIL"}

    reply = take(
        clinic,
        start(clinic),
        row(2, email=EMAIL, **by_email),
        row(3, email=EMAIL.upper(), **by_email),
    )

    assert [(fault.line, fault.column) for fault in reply.faults] == [
        (2, "consent_channels"),
        (3, "consent_channels"),
    ]


def test_an_unknown_column_is_named_by_its_position_only(clinic: Clinic) -> None:
    columns = ("reference", "Marlowe Quillfeather")
    command = asks.StartImport(
        scope=admin(clinic), kind=ImportKind.PATIENTS, digest="a", columns=columns
    )

    refused = clinic.service.do(command)

    assert isinstance(refused, Refusal)
    assert "Column 2" in refused.message
    assert "Marlowe" not in refused.message


def test_refused_rows_are_told_in_the_order_of_the_file(clinic: Clinic) -> None:
    opted_out = clinic.register(reference="P-9", phone="+351912345679", consents=())
    take(
        clinic,
        start(clinic, ImportKind.SUPPRESSIONS),
        barring(2, str(opted_out.phone)),
        kind=ImportKind.SUPPRESSIONS,
    )

    reply = take(
        clinic,
        start(clinic),
        row(2, phone="+351912345679", **CONSENT),
        row(3, phone="no number"),
        row(4, phone="+351912345679", **CONSENT),
    )

    assert [fault.line for fault in reply.faults] == [2, 3, 4]


@pytest.mark.parametrize("channel", ["FAX", "other"])
def test_a_channel_without_addresses_is_told_what_to_write(clinic: Clinic, channel: str) -> None:
    kind = ImportKind.SUPPRESSIONS

    reply = take(clinic, start(clinic, kind), barring(2, PHONE, channel=channel), kind=kind)

    [fault] = reply.faults
    assert (fault.column, fault.reason) == ("channel", "Write SMS or EMAIL.")


def test_a_file_of_another_clinic_is_another_import(service: Service, clinic: Clinic) -> None:
    job = start(clinic)
    take(clinic, job, row(2))
    other = Clinic(service, name="Elm Clinic")

    assert start(other).done_through == 0
    wanted = asks.ImportRows(
        scope=admin(other), kind=ImportKind.PATIENTS, job_id=job.id, rows=(row(9),)
    )
    assert isinstance(service.do(wanted), Refusal)


def test_test_patients_come_in_beside_live_ones_and_never_among_them(clinic: Clinic) -> None:
    take(clinic, start(clinic), row(2))

    tested = start(clinic, mode=Mode.TEST)
    reply = take(clinic, tested, row(2), mode=Mode.TEST)

    assert (tested.done_through, reply.added) == (0, 1)
    live, test = patient_by_reference(clinic, "P-2"), patient_by_reference(clinic, "P-2", Mode.TEST)
    assert live is not None
    assert test is not None
    assert live.id != test.id


def test_only_an_administrator_imports(clinic: Clinic) -> None:
    command = asks.ImportRows(
        scope=clinic.scope(), kind=ImportKind.PATIENTS, job_id=None, rows=(row(2),)
    )

    assert isinstance(clinic.service.do(command), Refusal)


def test_who_imported_a_patient_is_noted(clinic: Clinic) -> None:
    take(clinic, start(clinic), row(2))

    page = clinic.service.ask(asks.ListAudit(scope=admin(clinic), reference="P-2", limit=9))

    assert page is not None
    assert [(item.actor, item.action) for item in page.items] == [("cli:robin", "ImportPatient")]


def test_addresses_are_barred_once(clinic: Clinic, engine: sa.Engine) -> None:
    kind = ImportKind.SUPPRESSIONS
    job = start(clinic, kind)

    reply = take(
        clinic,
        job,
        barring(2, PHONE, evidence="list of 2025"),
        barring(3, PHONE),
        barring(4, "ana@example.com", channel="EMAIL", reason="COMPLAINT"),
        barring(5, "nobody", channel="EMAIL"),
        barring(6, PHONE, since="2099-01-01T00:00:00Z"),
        kind=kind,
    )

    assert (reply.added, reply.known) == (2, 1)
    assert [(fault.line, fault.column) for fault in reply.faults] == [(5, "address"), (6, "since")]
    assert clinic.service.count("suppression") == 2
    with engine.connect() as connection:
        kept = connection.execute(sa.text("select evidence_sealed from reminders.suppression"))
        assert not any(b"list of 2025" in (value or b"") for (value,) in kept)


def test_a_barred_address_meets_whoever_registers_with_it(clinic: Clinic) -> None:
    kind = ImportKind.SUPPRESSIONS
    take(clinic, start(clinic, kind), barring(2, PHONE), kind=kind)

    reply = clinic.service.do(clinic.registration())

    assert [refusal.code.value for refusal in reply.refusals] == ["OPTED_OUT"]
