"""Fields of what belongs to a clinic."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar

from services.contracts.check_ins import GetCheckIns, GetEscalations
from services.contracts.reminders import (
    ClinicRecord,
    GetClinics,
    GetEnrollments,
    GetPatients,
    GetReminders,
)
from services.contracts.replies import GetInbound, GetTasks
from services.contracts.words import Role
from services.gateway.execution.batched import Batched, Resolve
from services.gateway.identity.people import key_behind
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.fields import attribute

T = TypeVar("T")


def care(path: str) -> Batched:
    """Read an attribute that everyone who sees care at all may see."""
    return attribute(path, SEES_CARE)


def personal(path: str) -> Batched:
    """Read an attribute that says who somebody is, or what was said; null for operators."""
    return _withheld(path, withheld=None)


def person(path: str) -> Batched:
    """Read who did something: by name where it was done with one person's key. As `personal`."""
    get = attrgetter(path)

    async def resolve(
        parents: Sequence[Any], _args: Mapping[str, Any], request: GatewayRequest
    ) -> list[str | None]:
        clinic_id = request.viewer.clinic_id
        if clinic_id is None:
            return [None] * len(parents)
        actors: list[str | None] = list(map(get, parents))
        keys = [key_behind(actor) for actor in actors]
        people = await request.people.find(clinic_id, filter(None, keys))
        return [
            people[key].name if key in people else actor
            for actor, key in zip(actors, keys, strict=True)
        ]

    return Batched(resolve, SEES_CARE)


def personal_list(path: str) -> Batched:
    """As `personal`, for lists: empty for operators."""
    return _withheld(path, withheld=())


def _withheld(path: str, *, withheld: object) -> Batched:
    get = attrgetter(path)

    def resolve(
        parents: Sequence[Any], _args: Mapping[str, Any], request: GatewayRequest
    ) -> list[Any]:
        if request.viewer.role == Role.OPERATOR:
            return [withheld] * len(parents)
        return list(map(get, parents))

    return Batched(resolve, SEES_CARE)


async def by_ids(
    ids: Iterable[int], fetch: Callable[[Sequence[int]], Awaitable[Sequence[T | None]]]
) -> dict[int, T]:
    """Fetch each id once, all in one ask; what is not there has no key."""
    unique = list(dict.fromkeys(ids))
    if not unique:
        return {}
    found = await fetch(unique)
    return {key: value for key, value in zip(unique, found, strict=True) if value is not None}


ASKS_BY_IDS: Final[Mapping[str, Any]] = {
    "Patient": GetPatients,
    "Enrollment": GetEnrollments,
    "Reminder": GetReminders,
    "StaffTask": GetTasks,
    "InboundMessage": GetInbound,
    "CheckIn": GetCheckIns,
    "Escalation": GetEscalations,
}
"""The question that fetches records of a clinic by their numbers, by the name of their type."""


async def fetch(kind: str, request: GatewayRequest, ids: Sequence[int]) -> Sequence[Any]:
    """Records of one type, in the order of `ids`; None for each that the clinic does not have."""
    records: Sequence[Any] = await request.client.ask(
        ASKS_BY_IDS[kind](scope=request.scope, ids=tuple(ids))
    )
    return records


async def fetch_clinics(
    request: GatewayRequest, ids: Sequence[int]
) -> Sequence[ClinicRecord | None]:
    return await request.client.ask(GetClinics(ids=tuple(ids)))


def named_by(attribute: str, kind: str) -> Resolve:
    """Look up what each parent names by an id, all in one ask; null where it names nothing."""
    get = attrgetter(attribute)

    async def resolve(
        parents: Sequence[Any], _args: Mapping[str, Any], request: GatewayRequest
    ) -> list[Any]:
        numbers = [get(parent) for parent in parents]
        found = await by_ids(
            (number for number in numbers if number is not None), partial(fetch, kind, request)
        )
        return [found.get(number) for number in numbers]

    return resolve
