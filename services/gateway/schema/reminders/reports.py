"""Counts of reminders by day."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import graphene

from services.contracts.enrollments import ReportDeliveries, ReportRow
from services.contracts.operations import ReportEverywhere
from services.contracts.words import Role
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.catalog.content import ChannelEnum
from services.gateway.schema.fields import (
    Args,
    ObjectType,
    argument,
    at_root,
    field,
    list_of,
    required,
)
from services.gateway.schema.reminders.types import ReminderStatusEnum
from services.gateway.schema.scalars import Date

_LONGEST: Final = timedelta(days=366)


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    rows: Sequence[ReportRow]


class DeliveryReportRow(ObjectType, access=SEES_CARE):
    """The number of reminders of one day, channel and status."""

    date = field(required(Date), "The due date, on the clinic's calendar.")
    channel = field(required(ChannelEnum), "The medium.")
    status = field(required(ReminderStatusEnum), "Their delivery status.")
    count = field(required(graphene.Int), "How many.")


class DeliveryReport(ObjectType, access=SEES_CARE):
    """The delivery status of the clinic's reminders; for operators, of all clinics' reminders."""

    rows = field(list_of(DeliveryReportRow), "Counts by day, channel and status.")


async def _report(args: Args, request: GatewayRequest) -> Report:
    first, last = args["from_"], args["to"]
    if not timedelta(0) <= last - first <= _LONGEST:
        message = f"Ask for one day to {_LONGEST.days} days after it, from the first to the last."
        raise FieldRefused("BAD_USER_INPUT", message)
    viewer = request.viewer
    if viewer.role is Role.OPERATOR and viewer.mode is not None:
        everywhere = ReportEverywhere(mode=viewer.mode, first=first, last=last)
        return Report(await request.client.ask(everywhere))
    question = ReportDeliveries(scope=request.scope, first=first, last=last)
    return Report(await request.client.ask(question))


class ReportQueries:
    delivery_report = field(
        DeliveryReport,
        "Counts of reminders by due date, first and last day included.",
        at_root(_report, SEES_CARE),
        from_=argument(required(Date), "The first day.", name="from"),
        to=argument(required(Date), "The last day."),
    )
