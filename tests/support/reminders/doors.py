"""The doors by which a patient comes in: a mutation of the API, and a row of a file."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count, islice
from typing import Any, Final

import msgspec
from graphql import parse

from services.contracts import privacy
from services.contracts.clinics import ChangeClinic
from services.contracts.plain_text import without_invisible
from services.contracts.reminders import (
    ClinicRecord,
    CreateClinic,
    FindPatient,
    GetPatients,
    RegisterPatient,
    Scope,
)
from services.contracts.words import Mode, Role
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import coerce_variables
from services.gateway.identity.viewer import Viewer
from tests.support.gateway.fake_calls import FakeClient, request_of
from tests.support.gateway.whole_schema import whole_schema
from tests.support.reminders.aftercare import Service

_REGISTER: Final = """
mutation ($input: RegisterPatientInput!) { registerPatient(input: $input) {
  patient { reference displayName phone email } userErrors { path message } } }
"""


@cache
def _operation() -> Any:
    (operation,) = Executor(whole_schema()).prepare(parse(_REGISTER)).values()
    return operation


class Doors:
    """A clinic of a country, and what became of patients who came in by a door."""

    def __init__(self, service: Service, country: str, *also: str) -> None:
        made = service.do(CreateClinic(name=f"Clinic {country}", time_zone="UTC", country=country))
        assert isinstance(made, ClinicRecord), made
        if also:
            service.do(ChangeClinic(clinic_id=made.id, countries=also))
        self._service = service
        self._clinic_id = made.id
        self._keys = count(1)

    def by_api(self, **fields: Any) -> dict[str, Any] | None:
        """What is stored of a patient who is registered by staff, or None if refused."""
        answer = self.answer_by_api(**fields)
        return dict(answer["patient"]) if answer["patient"] else None

    def answer_by_api(self, **fields: Any) -> Mapping[str, Any]:
        schema = whole_schema()
        operation = _operation()
        variables = {"input": {"idempotencyKey": f"k-{next(self._keys)}", **fields}}
        usable = coerce_variables(schema, operation.definition, variables)
        viewer = Viewer(role=Role.STAFF, clinic_id=self._clinic_id, mode=Mode.LIVE, key_id=3)
        request = request_of(viewer, self._client())
        result = asyncio.run(Executor(schema).execute(operation, usable, request))
        assert result.data, result.errors
        return dict(result.data["registerPatient"])

    def by_file(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any] | None]:
        """What is stored of the patient of each row, or None if the row was refused."""
        lines = iter(enumerate(rows, 2))
        refused: set[int] = set()
        while batch := list(islice(lines, privacy.LARGEST_BATCH)):
            command = privacy.ImportRows(
                scope=self._scope(Role.ADMIN),
                kind=privacy.ImportKind.PATIENTS,
                job_id=None,
                rows=tuple(self._row(line, row) for line, row in batch),
            )
            job = self._service.do(self._start(batch[0][0]))
            assert isinstance(job, privacy.ImportJob)
            reply = self._service.do(msgspec.structs.replace(command, job_id=job.id))
            assert isinstance(reply, privacy.BatchReply)
            refused |= {fault.line for fault in reply.faults}
        return [
            None if line in refused else self._stored(row.get("reference", f"file-{line}"))
            for line, row in enumerate(rows, 2)
        ]

    def suppress(self, *addresses: str, channel: str = "SMS") -> list[int]:
        """The lines, from 0, of the suppressions that a file's import refused."""
        kind = privacy.ImportKind.SUPPRESSIONS
        start = privacy.StartImport(
            scope=self._scope(Role.ADMIN),
            kind=kind,
            digest="s",
            columns=("channel", "address", "reason"),
        )
        job = self._service.do(start)
        assert isinstance(job, privacy.ImportJob)
        rows = tuple(
            privacy.Row(
                line=line, values={"channel": channel, "address": address, "reason": "OPT_OUT"}
            )
            for line, address in enumerate(addresses)
        )
        command = privacy.ImportRows(
            scope=self._scope(Role.ADMIN), kind=kind, job_id=job.id, rows=rows
        )
        reply = self._service.do(command)
        assert isinstance(reply, privacy.BatchReply)
        return [fault.line for fault in reply.faults]

    def _client(self) -> FakeClient:
        return FakeClient(
            {
                RegisterPatient: self._service.do,
                GetPatients: self._service.ask,
                FindPatient: self._service.ask,
            }
        )

    def _start(self, line: int) -> privacy.StartImport:
        return privacy.StartImport(
            scope=self._scope(Role.ADMIN),
            kind=privacy.ImportKind.PATIENTS,
            digest=f"{line} {next(self._keys)}",
            columns=("reference", "phone"),
        )

    def _row(self, line: int, row: Mapping[str, str]) -> privacy.Row:
        return privacy.Row(line=line, values={"reference": f"file-{line}", **row})

    def _stored(self, reference: str) -> dict[str, Any] | None:
        ask = FindPatient(scope=self._scope(Role.STAFF), reference=without_invisible(reference))
        patient = self._service.ask(ask)
        if patient is None:
            return None
        return {
            "reference": patient.reference,
            "displayName": patient.display_name,
            "phone": patient.phone,
            "email": patient.email,
        }

    def _scope(self, role: Role) -> Scope:
        return Scope(clinic_id=self._clinic_id, mode=Mode.LIVE, role=role, actor="key:3")
