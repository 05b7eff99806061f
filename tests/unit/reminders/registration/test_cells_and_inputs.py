"""Any cell of a file is taken, or refused, as the same text is by the API."""

import asyncio
from functools import cache
from typing import Any

from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.plain_text import without_invisible
from services.contracts.privacy import Row
from services.contracts.reminders import PatientReply, RegisterPatient
from services.contracts.words import Role
from services.gateway.execution.executor import Executor
from services.gateway.execution.variables import VariablesNotUsable, coerce_variables
from services.reminders.patients.usecases.patient_input import (
    ConsentRules,
    find_faults,
    read_contacts,
)
from services.reminders.registration.usecases.import_columns import NotAValue, read_patient
from tests.support.gateway.fake_calls import NOW, STAFF, FakeClient, request_of
from tests.support.gateway.whole_schema import whole_schema
from tests.support.reminders.sloppy_numbers import sloppy_numbers

REGISTER = """
mutation ($input: RegisterPatientInput!) {
  registerPatient(input: $input) { userErrors { message } } }
"""
INPUTS = {
    "reference": "reference",
    "name": "displayName",
    "phone": "phone",
    "email": "email",
    "time_zone": "timeZone",
    "region": "region",
    "locale": "locale",
}
"""The input's fields, by the columns of a file."""

FIELDS = ("reference", "display_name", "time_zone", "region", "locale")
RULES = ConsentRules(role=Role.STAFF, country="PT", now=NOW)

likely = st.sampled_from(
    [
        *(sloppy.typed for sloppy in sloppy_numbers()),
        *("Europe/Lisbon", "europe/lisbon", "EST", "UTC", "Mars/Base", "pt-pt", "es-MX", "de_DE"),
        *("en-Latn-GB", "x", "US-TX", "us-tx", "PT-11", "XX-1", "o’brien@example.com", "ana@x"),
        *("ana@bücher.example", "josé@example.com", "1.60123E+10", "P-1", "A" * 201, "A" * 501),
    ]
)
marks = st.sampled_from(
    ["", " ", "\u00a0", "\u200b", "\ufeff", "\t", "\n", "\0", "\u202e", "\ufffd"]
)
texts = st.tuples(marks, st.one_of(likely, st.text(max_size=30)), marks).map("".join)


def stored_of(command: RegisterPatient | None) -> object:
    """What is stored of a registration; None if it is refused."""
    if command is None:
        return None
    contacts, faults = read_contacts(command, "PT")
    if faults or find_faults(command, contacts, RULES):
        return None
    return contacts, [getattr(command, field) for field in FIELDS]


def from_file(column: str, text: str) -> RegisterPatient | None:
    values = {"reference": "P-9", column: text}
    try:
        return read_patient(request_of(STAFF).scope, Row(line=2, values=values))
    except NotAValue:
        return None


@cache
def _operation() -> Any:
    (operation,) = Executor(whole_schema()).prepare(parse(REGISTER)).values()
    return operation


def from_api(column: str, text: str) -> RegisterPatient | None:
    client = FakeClient({RegisterPatient: lambda _: PatientReply()})
    fields = {"reference": "P-9", INPUTS[column]: text, "idempotencyKey": "k"}
    operation = _operation()
    try:
        usable = coerce_variables(whole_schema(), operation.definition, {"input": fields})
    except VariablesNotUsable:
        return None
    request = request_of(STAFF, client)
    asyncio.run(Executor(whole_schema()).execute(operation, usable, request))
    return client.asked[0] if client.asked else None


@given(column=st.sampled_from(sorted(INPUTS)), text=texts)
def test_a_cell_is_worth_what_the_same_text_is_to_the_api(column: str, text: str) -> None:
    if not without_invisible(text):
        return  # an empty cell says nothing

    assert stored_of(from_file(column, text)) == stored_of(from_api(column, text))
