"""Two patients whose every word can be told apart, taken every way there is through a product."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.vault import CannotOpen, Vault
from services.launcher.processes import wait_until
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import inbox, metadata
from tests.support.gateway.graphql import ENROLL, REGISTER, Gateway, consents
from tests.support.processes.operator_actions import reply, rows
from tests.support.processes.stack import Stack

MARKERS = {
    "name": "Marlowe Quillfeather",
    "new name": "Peregrine Ashgrove",
    "phone": "2025558467",
    "email": "quillfeather.m@example.com",
    "new email": "p.ashgrove@example.com",
    "text": "tender as a plum since Tuesday",
    "answer": "rosy like the inside of a shell",
    "evidence": "clipboard of the seventh drawer",
    "note": "rang twice, spoke to the aunt",
    "body": "From now on no tan",
    "file name": "Thistlewood Carraway",
    "file phone": "2025557391",
    "file evidence": "letter with the green seal",
    "erasing": "wrote to us on lilac paper",
}
OF_STAFF = {
    "clinician": "Dr. Marisol Fennimore",
    "registration": "registered as 77-14209-F",
}
"""Of people who work at a clinic: nobody's patients, and sealed all the same."""

FROM_US = ("name", "phone", "email", "body")
"""What messages say or where they go."""

REFERENCE, IN_FILE = "marked-1", "marked-2"

_UPDATE = """
mutation ($input: UpdatePatientInput!) {
  updatePatient(input: $input) { patient { id } userErrors { message path code } } }
"""
_HAPPENED = """
mutation ($input: RecordProcedureInput!) {
  recordProcedure(input: $input) { userErrors { message path code } } }
"""
_CHECK_INS = "query ($id: ID!) { enrollment(id: $id) { checkIns { id closesAt } } }"
_ANSWER = """
mutation ($input: AnswerCheckInInput!) {
  answerCheckIn(input: $input) { userErrors { message path code } } }
"""
_TASKS = "{ tasks(first: 50) { nodes { id } } }"
_DONE = """
mutation ($input: CompleteTaskInput!) {
  completeTask(input: $input) { userErrors { message path code } } }
"""
_CONSENT = """
mutation ($input: RecordConsentInput!) {
  recordConsent(input: $input) { userErrors { message path code } } }
"""
_CONFIRM = """
mutation ($input: ConfirmConsentInput!) {
  confirmConsent(input: $input) { userErrors { message path code } } }
"""
_ESCALATIONS = "{ escalations { nodes { id } } }"
_RESOLVE = """
mutation ($input: ResolveEscalationInput!) {
  resolveEscalation(input: $input) { userErrors { message path code } } }
"""
_READ = '{ aftercarePlan(slug: "ipl-aftercare") { version contentHash } }'
_SIGN = """
mutation ($input: SignOffPlanInput!) {
  signOffPlan(input: $input) { review { reviewer registration } userErrors { message path code } } }
"""
_PATIENT = "query ($reference: String) { patient(reference: $reference) { id displayName phone } }"
_ERASE = """
mutation ($input: ErasePatientInput!) {
  erasePatient(input: $input) { erased patientId userErrors { message path code } } }
"""


class PiiMarkers:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.clinic = str(rows(stack, "select id from reminders.clinic")[0][0])
        self.staff = Gateway(stack.graphql_url, stack.key)
        self.admin = Gateway(stack.graphql_url, self._key("admin"))
        self.app = Gateway(stack.graphql_url, self._key("front_end"))
        self.printed: list[str] = []  # by commands whose output is not for files

    def live(self) -> None:
        patient, enrollment = self._enrolled()
        self._reminded()
        self._writes()
        self._changed(patient)
        self._confirms(patient)
        self._treated(enrollment)
        self._asked(enrollment)
        self._seen_to()
        self._signed()
        self._filed()
        self._handed_out()
        rows(self.stack, "checkpoint")  # what is in memory goes to the files

    def erase(self) -> None:
        for reference in (REFERENCE, IN_FILE):
            patient_id = self.admin.data(_PATIENT, reference=reference)["patient"]["id"]
            erasure = {"patientId": patient_id, "reason": MARKERS["erasing"]}
            reply_ = self.admin.data(_ERASE, input=erasure)["erasePatient"]
            assert reply_ == {"erased": True, "patientId": patient_id, "userErrors": []}

    def _key(self, role: str, *more: str) -> str:
        words = ("--clinic", self.clinic, "--role", role, "--kind", "test", *more)
        return self.stack.afterglow("keys", "create", *words).stdout.strip()

    def _enrolled(self) -> tuple[str, str]:
        granted = [
            consent | {"evidence": MARKERS["evidence"]} for consent in consents("SMS", "EMAIL")
        ]
        patient = self.staff.data(
            REGISTER,
            input={
                "idempotencyKey": "marker",
                "reference": REFERENCE,
                "displayName": MARKERS["name"],
                "phone": f"+1{MARKERS['phone']}",
                "email": MARKERS["email"],
                "isAdult": True,
                "detail": "DETAILED",
                "consents": granted,
            },
        )["registerPatient"]["patient"]["id"]
        self.procedure_at = self.stack.clock().product + timedelta(days=30)
        enrolled = self.staff.data(
            ENROLL,
            input={
                "idempotencyKey": "marker",
                "patientId": patient,
                "plan": "microneedling-aftercare",
                "procedureAt": self.procedure_at.isoformat(),
            },
        )["enrollPatient"]
        assert enrolled["userErrors"] == []
        return patient, enrolled["enrollment"]["id"]

    def _reminded(self) -> None:
        due = rows(self.stack, "select min(due_at) from reminders.outbound")[0][0]
        self.stack.advance_to(due + timedelta(minutes=1))
        assert wait_until(lambda: len(self.stack.messages()) == 2, 20)

    def _writes(self) -> None:
        sender = self.stack.messages(channel="SMS")[0]["from"]
        reply(self.stack, f"+1{MARKERS['phone']}", MARKERS["text"], to=sender)
        received = "select 1 from reminders.inbound_message"
        assert wait_until(lambda: rows(self.stack, received) != [], 20)

    def _changed(self, patient: str) -> None:
        update = {
            "patientId": patient,
            "displayName": MARKERS["new name"],
            "email": MARKERS["new email"],
        }
        self._did(self.staff, _UPDATE, update)

    def _confirms(self, patient: str) -> None:
        """By the code that the app has sent to the patient's new mailbox."""
        (consent,) = (entry for entry in consents("EMAIL") if entry["purpose"] == "CARE")
        self._did(self.app, _CONSENT, {"patientId": patient, "consent": consent})
        to = MARKERS["new email"]
        assert wait_until(lambda: self.stack.messages(to=to) != [], 30)
        code = re.search(r"\b\d{6}\b", json.dumps(self.stack.messages(to=to)))
        assert code is not None
        confirmation = {"patientId": patient, "channel": "EMAIL", "code": code.group()}
        self._did(self.app, _CONFIRM, confirmation)

    def _treated(self, enrollment: str) -> None:
        self.stack.advance_to(self.procedure_at + timedelta(hours=1))
        procedure = {"enrollmentId": enrollment, "state": "PERFORMED"}
        self._did(self.staff, _HAPPENED, procedure)

    def _asked(self, enrollment: str) -> None:
        """Goes to the first check-in, and answers it in words."""
        waiting = (
            "select min(due_at) from reminders.outbound where step_kind = 'CHECK_IN'"
            " and state = 'SCHEDULED' and channel = 'SMS'"
        )
        due: datetime = rows(self.stack, waiting)[0][0]
        self.stack.advance_to(due + timedelta(minutes=1))

        def asked() -> list[dict[str, Any]]:
            check_ins: list[dict[str, Any]] = self.staff.data(_CHECK_INS, id=enrollment)[
                "enrollment"
            ]["checkIns"]
            return check_ins

        assert wait_until(lambda: asked() != [], 30)
        answer = {"checkInId": asked()[0]["id"], "answer": MARKERS["answer"]}
        self._did(self.staff, _ANSWER, answer)

    def _seen_to(self) -> None:
        for task in self.staff.data(_TASKS)["tasks"]["nodes"]:
            self._did(self.staff, _DONE, {"taskId": task["id"], "note": MARKERS["note"]})
        for datum in self.admin.data(_ESCALATIONS)["escalations"]["nodes"]:
            resolution = {
                "escalationId": datum["id"],
                "outcome": "ADVISED",
                "note": MARKERS["note"],
            }
            self._did(self.admin, _RESOLVE, resolution)

    def _signed(self) -> None:
        """A clinician of another clinic, where no demo has signed before."""
        made = ("clinics", "create", "Fennimore Clinic", "--zone", "UTC", "--country", "GB")
        assert self.stack.afterglow(*made).returncode == 0
        key = self._key(
            "clinician", "--clinic", "Fennimore Clinic", "--person", OF_STAFF["clinician"]
        )
        clinician = Gateway(self.stack.graphql_url, key)
        sign_off = {
            "plan": "ipl-aftercare",
            "registration": OF_STAFF["registration"],
            **clinician.data(_READ)["aftercarePlan"],
        }
        review = clinician.data(_SIGN, input=sign_off)["signOffPlan"]["review"]
        assert tuple(review.values()) == tuple(OF_STAFF.values())

    def _filed(self) -> None:
        path = self.stack.root / "patients.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(_file())
        try:
            self._afterglow("patients", "import", str(path), "--kind", "test")
        finally:
            path.unlink()  # the clinic's own, not the product's

    def _handed_out(self) -> None:
        for reference in (REFERENCE, IN_FILE):
            words = ("--kind", "test", "--reference", reference)
            self.printed.append(self._afterglow("patients", "export", *words))
            assert "ListAudit" not in self._afterglow("patients", "audit", *words)

    def _afterglow(self, *words: str) -> str:
        done = self.stack.afterglow(*words, "--clinic", self.clinic)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @staticmethod
    def _did(gateway: Gateway, mutation: str, mutation_input: dict[str, Any]) -> None:
        (payload,) = gateway.data(mutation, input=mutation_input).values()
        assert payload["userErrors"] == []


def _file() -> Iterator[list[str]]:
    yield [
        "reference", "name", "phone", "consent_channels", "consent_method", "consent_wording",
        "consent_obtained_at", "consent_source", "consent_evidence",
    ]  # fmt: skip
    yield [
        IN_FILE, MARKERS["file name"], f"+1{MARKERS['file phone']}", "SMS", "PAPER", "2026-1",
        "2026-01-05T10:00:00Z", "intake form", MARKERS["file evidence"],
    ]  # fmt: skip


def database_text(stack: Stack) -> str:
    """Every value of every table of the reminders service, opened where our keys open it."""
    vault = Vault.from_settings(stack.settings["DATA_KEYS"], stack.settings["INDEX_KEYS"])
    fixed_contexts = [text for name, text in vars(contexts).items() if name.isupper()]
    engine = open_engine(stack.settings["DATABASE_URL"], application_name="test")
    texts: list[str] = []
    try:
        with engine.connect() as connection:
            for table in metadata.tables.values():
                for row in connection.execute(sa.select(table)).mappings():
                    own = f"inbox.{row['kind']}.{row['command_id']}" if table is inbox else ""
                    texts += (
                        _opened(vault, value, [own, *fixed_contexts]) for value in row.values()
                    )
    finally:
        engine.dispose()
    return "\n".join(texts)


def _opened(vault: Vault, value: object, seal_contexts: list[str]) -> str:
    if not isinstance(value, bytes):
        return str(value)
    for context in seal_contexts:
        try:
            plain = vault.open(value, context=context)
        except CannotOpen:
            continue
        return plain.decode(errors="replace")
    return value.decode(errors="replace")


def server_files(stack: Stack) -> list[Path]:
    folders = {Path(rows(stack, "show data_directory")[0][0]), stack.home.data}
    return [file for folder in folders for file in files_in(folder)]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def holding(files: list[Path], marker: str) -> list[str]:
    return [str(path) for path in files if marker.encode() in path.read_bytes()]
