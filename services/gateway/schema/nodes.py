"""Fetching any object by its id. What cannot be fetched is null, without a reason."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import graphene

from services.contracts.scalars import parse_locale
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import sees_patients
from services.gateway.schema.catalog.content import entry_id
from services.gateway.schema.catalog.edition import snapshot_of
from services.gateway.schema.catalog.plans.queries import plan_of_clinic
from services.gateway.schema.fields import Args, Node, argument, at_root, field, list_of, required
from services.gateway.schema.private import ASKS_BY_IDS, fetch, fetch_clinics, fetch_each
from services.gateway.snapshot.snapshot import Edition

MOST_NODES: Final = 50
_OVERLAID_PARTS: Final = 5  # slug, locale, version, and what entry_id adds for a clinic

Records = Mapping[str, Any]
"""Records by public id."""


async def node_asked_for(args: Args, request: GatewayRequest) -> object:
    return (await _fetch_all([args["id"]], request)).get(args["id"])


async def nodes_asked_for(args: Args, request: GatewayRequest) -> list[Any]:
    wanted = args["ids"]
    if len(wanted) > MOST_NODES:
        raise FieldRefused("BAD_USER_INPUT", f"Ask for at most {MOST_NODES} ids at once.")
    records = await _fetch_all(wanted, request)
    return [records.get(public_id) for public_id in wanted]


async def _fetch_all(public_ids: Sequence[str], request: GatewayRequest) -> Records:
    """Read content from memory; fetch private records with one ask a type, all at once."""
    records: dict[str, Any] = {}
    numbers: dict[str, dict[str, int]] = {}
    overlaid: dict[str, Sequence[str]] = {}
    for public_id in dict.fromkeys(public_ids):
        kind, key = ids.decode(public_id) or ("", [])
        number = ids.number_of(key)
        if kind in _PRIVATE and number is not None:
            numbers.setdefault(kind, {})[public_id] = number
        elif kind == "AftercarePlan" and len(key) == _OVERLAID_PARTS:
            overlaid[public_id] = key
        elif kind in _CONTENT:
            records[public_id] = _CONTENT[kind](key, request)
    private = await asyncio.gather(
        *(_PRIVATE[kind](wanted, request) for kind, wanted in numbers.items()),
        *(_overlaid(public_id, key, request) for public_id, key in overlaid.items()),
    )
    for fetched in private:
        records.update(fetched)
    return records


def _edition(locale: str, request: GatewayRequest) -> Edition | None:
    """Return the edition of this locale; None if no id contains it."""
    try:
        edition = snapshot_of(request).edition(parse_locale(locale))
    except ValueError:
        return None
    return edition if edition.locale == locale else None


def _entry(entries: str, key: Sequence[str], request: GatewayRequest) -> Any:  # noqa: ANN401 - any entry
    edition = _edition(key[1], request) if len(key) == 2 else None  # noqa: PLR2004 - slug and locale
    return edition and getattr(edition, entries).get(key[0])


def _plan(key: Sequence[str], request: GatewayRequest) -> Any:  # noqa: ANN401 - a plan of any entry
    """Return the version in the catalog; older ones are reached through enrollments."""
    edition = _edition(key[1], request) if len(key) == 3 else None  # noqa: PLR2004 - slug, locale, version
    plan = edition and edition.plans.get(key[0])
    return plan if plan and str(plan.entry.version) == key[2] else None


async def _overlaid(public_id: str, key: Sequence[str], request: GatewayRequest) -> Records:
    """Return a plan with a clinic's own values, to that clinic, while it has them."""
    edition = _edition(key[1], request)
    if edition is None or key[0] not in edition.plans:
        return {}
    plan = await plan_of_clinic(key[0], edition, request)
    return {public_id: plan} if entry_id(plan) == public_id else {}


_CONTENT: Final[Mapping[str, Callable[[Sequence[str], GatewayRequest], Any]]] = {
    "Procedure": partial(_entry, "procedures"),
    "Concern": partial(_entry, "concerns"),
    "AftercarePlan": _plan,
}


async def _private(kind: str, wanted: Mapping[str, int], request: GatewayRequest) -> Records:
    if not sees_patients(request):
        return {}
    return await _fetched(wanted, partial(fetch, kind, request))


async def _clinics(wanted: Mapping[str, int], request: GatewayRequest) -> Records:
    """Return the viewer's own clinic only."""
    own = {
        public_id: number
        for public_id, number in wanted.items()
        if number == request.viewer.clinic_id
    }
    return await _fetched(own, partial(fetch_clinics, request))


async def _fetched(
    wanted: Mapping[str, int], fetch: Callable[[Sequence[int]], Awaitable[Sequence[Any]]]
) -> Records:
    return dict(zip(wanted, await fetch_each(list(wanted.values()), fetch), strict=True))


async def _staff(wanted: Mapping[str, int], request: GatewayRequest) -> Records:
    clinic_id = request.viewer.clinic_id
    if clinic_id is None or not sees_patients(request):
        return {}
    people = await request.people.find(clinic_id, wanted.values())
    return {public_id: people.get(number) for public_id, number in wanted.items()}


_PRIVATE: Final[Mapping[str, Callable[[Mapping[str, int], GatewayRequest], Awaitable[Records]]]] = {
    "Clinic": _clinics,
    **{kind: partial(_private, kind) for kind in ASKS_BY_IDS},
    "Staff": _staff,
}


class NodeQueries:
    node = field(
        Node,
        "Any object by its id; null if it does not exist or belongs to another clinic.",
        at_root(node_asked_for),
        id=argument(required(graphene.ID), "The id."),
    )
    nodes = field(
        graphene.List(Node),
        "Up to 50 objects by their ids, in the order of the ids; null as with `node`.",
        at_root(nodes_asked_for),
        ids=argument(list_of(graphene.ID), "The ids."),
    )
