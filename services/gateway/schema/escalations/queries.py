"""Lists of escalations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import graphene

from services.contracts.check_ins import EscalationRecord, ListEscalations
from services.contracts.words import CheckInLevel
from services.gateway.cursors import Key
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.check_ins.types import CheckInLevelEnum
from services.gateway.schema.escalations.types import EscalationConnection
from services.gateway.schema.fields import Args, argument, at_root, required
from services.gateway.schema.keyset import PrivateList
from services.gateway.schema.paging import Connection, connection_field


def _key(escalation: EscalationRecord) -> Key:
    rank = 0 if escalation.level is CheckInLevel.RED else 1
    return rank, escalation.opened_at.isoformat(), escalation.id


def _position(key: Sequence[Any]) -> tuple[int, datetime, int]:
    rank, at, number = key
    return int(rank), datetime.fromisoformat(str(at)), int(number)


_OF_CLINIC: Final = PrivateList("escalations", _key, _position)


async def escalations_asked_for(
    args: Args, request: GatewayRequest
) -> Connection[EscalationRecord]:
    filters = {**args, "is_open": args.get("open")}
    return await _OF_CLINIC.read_about_patient(ListEscalations, filters, args, request)


class EscalationQueries:
    escalations = connection_field(
        EscalationConnection,
        "Patients who may need help: RED first, then oldest first.",
        at_root(escalations_asked_for, STAFF_UP),
        open=argument(
            graphene.Boolean,
            "Open ones (true), resolved ones (false), or all (null).",
            default_value=True,
        ),
        level=argument(graphene.List(required(CheckInLevelEnum)), "Any of these."),
        patient_id=argument(graphene.ID, "About this patient."),
    )
