"""Operators see that messages move, never to whom or what they say."""

import asyncio
from inspect import isawaitable
from typing import Any

import pytest
from graphql import GraphQLObjectType

from services.contracts.words import MessageDetail
from services.gateway.execution.batched import Batched
from services.gateway.identity.viewer import Viewer
from services.gateway.schema.build import build
from tests.support.gateway.care_records import CONSENT, enrollment, patient, reminder
from tests.support.gateway.fake_calls import OPERATOR, STAFF, request_of


def value(type_name: str, field: str, parent: Any, viewer: Viewer, **args: Any) -> Any:
    type_ = build().type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    batched = type_.fields[field].resolve
    assert isinstance(batched, Batched)
    request = request_of(viewer)
    assert batched.access(request) is None

    async def resolved() -> Any:
        values = batched.resolve([parent], args, request)
        return await values if isawaitable(values) else values

    (resolved_value,) = asyncio.run(resolved())
    return resolved_value


PERSONAL = [
    ("Patient", "display_name", patient()),
    ("Patient", "phone", patient()),
    ("Patient", "email", patient()),
    ("Patient", "contact_points", patient()),
    ("Enrollment", "performed_by", enrollment()),
    ("Consent", "recorded_by", CONSENT),
    ("Reminder", "subject", reminder(subject="Your visit")),
    ("Reminder", "body", reminder()),
]


@pytest.mark.parametrize(("type_name", "attribute", "record"), PERSONAL)
def test_an_operator_reads_nothing_personal(type_name: str, attribute: str, record: Any) -> None:
    head, *rest = attribute.split("_")
    field = head + "".join(word.title() for word in rest)
    assert value(type_name, field, record, STAFF)
    assert not value(type_name, field, record, OPERATOR)


def test_an_operator_has_no_body_rendered() -> None:
    assert value("Reminder", "body", reminder(), OPERATOR, detail=MessageDetail.DETAILED) is None


def test_an_operator_sees_where_a_reminder_is() -> None:
    assert value("Reminder", "status", reminder(), OPERATOR) == reminder().status
