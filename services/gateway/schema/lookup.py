"""Looking one record up by one of several names."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.gateway.execution.batched import FieldRefused, Resolve
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.private import fetch
from services.gateway.schema.texts import is_plain


def by_id_or_reference(kind: str, find: Any) -> Resolve:  # noqa: ANN401 - a class of questions
    """Resolve a query for one record of a clinic, by its id or by the clinic's own number.

    `kind` is its type, `find` the question by a reference.
    """

    async def resolve(
        _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
    ) -> list[Any]:
        if one_of(args, "id", "reference") == "reference":
            reference = args["reference"]
            if not is_plain(reference):
                return [None]
            return [await request.client.ask(find(scope=request.scope, reference=reference))]
        number = ids.decode_number(kind, args["id"])
        return [None] if number is None else [*await fetch(kind, request, [number])]

    return resolve


def one_of(args: Mapping[str, Any], *names: str) -> str:
    """Return the name of the only argument present.

    Raises FieldRefused, BAD_USER_INPUT, when none or several are present.
    """
    present = [name for name in names if args.get(name) is not None]
    if len(present) != 1:
        raise FieldRefused("BAD_USER_INPUT", f"Give one of {', '.join(names)}.")
    return present[0]
