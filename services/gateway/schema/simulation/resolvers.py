from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts.simulation import PlanAt, SimulatedReminder, SimulateEnrollment
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.texts import is_plain

_MOST_ALONGSIDE: Final = 4


async def simulated(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[tuple[SimulatedReminder, ...] | None]:
    patient_id = _patient_number(args, request)
    others = args.get("alongside") or ()
    if len(others) > _MOST_ALONGSIDE:
        raise FieldRefused("BAD_USER_INPUT", f"Name at most {_MOST_ALONGSIDE} plans alongside.")
    plans = ({"plan": args["plan"], "procedure_at": args["procedure_at"]}, *others)
    if patient_id == 0 or not all(is_plain(plan["plan"]) for plan in plans):
        return [None]
    channels = args.get("channels")
    question = SimulateEnrollment(
        scope=request.scope,
        plans=tuple(PlanAt(plan=plan["plan"], procedure_at=plan["procedure_at"]) for plan in plans),
        time_zone=args["time_zone"],
        locale=args.get("locale"),
        channels=None if channels is None else tuple(channels),
        detail=args.get("detail"),
        patient_id=patient_id,
    )
    return [await request.client.ask(question)]


def _patient_number(args: Mapping[str, Any], request: GatewayRequest) -> int | None:
    """Return None without a patient, and 0, never a real id, if the id is not a patient's."""
    public_id = args.get("patient_id")
    if public_id is None:
        return None
    refused = STAFF_UP(request)
    if refused is not None:
        raise refused
    return ids.decode_number("Patient", public_id) or 0
