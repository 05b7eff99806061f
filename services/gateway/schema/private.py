"""Fields of records that belong to a clinic."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar

from services.contracts.check_ins import GetCheckIns, GetEscalations
from services.contracts.plain_text import is_plain, without_invisible
from services.contracts.reminders import (
    ClinicRecord,
    GetClinics,
    GetEnrollments,
    GetPatients,
    GetReminders,
)
from services.contracts.replies import GetInbound, GetTasks
from services.contracts.words import Role
from services.gateway.execution.batched import Batched, FieldRefused, Rule
from services.gateway.identity.people import key_behind
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.fields import Args, at_root

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def personal(path: str, *, withheld: object = None) -> Batched:
    """Read an attribute that is personal data; operators get what `withheld` says."""
    get = attrgetter(path)

    def resolve(parents: Sequence[Any], _args: Args, request: GatewayRequest) -> list[Any]:
        if request.viewer.role == Role.OPERATOR:
            return [withheld] * len(parents)
        return list(map(get, parents))

    return Batched(resolve, SEES_CARE)


def person(path: str) -> Batched:
    """Read who did something, by name if it was done with a personal key; null for operators."""
    get = attrgetter(path)

    async def resolve(
        parents: Sequence[Any], _args: Args, request: GatewayRequest
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


async def fetch_each(
    keys: Sequence[K | None], fetch: Callable[[Sequence[K]], Awaitable[Sequence[T]]]
) -> list[T | None]:
    """Fetch what belongs to each key, each once and all in one ask; None without a key."""
    unique = [key for key in dict.fromkeys(keys) if key is not None]
    values = dict(zip(unique, await fetch(unique), strict=True)) if unique else {}
    return [None if key is None else values.get(key) for key in keys]


ASKS_BY_IDS: Final[Mapping[str, Any]] = {
    "Patient": GetPatients,
    "Enrollment": GetEnrollments,
    "Reminder": GetReminders,
    "StaffTask": GetTasks,
    "InboundMessage": GetInbound,
    "CheckIn": GetCheckIns,
    "Escalation": GetEscalations,
}
"""The question that fetches records of a clinic by number, for each type name."""


async def fetch(kind: str, request: GatewayRequest, ids: Sequence[int]) -> Sequence[Any]:
    """Fetch records of one type in the order of `ids`; None for each that the clinic lacks."""
    records: Sequence[Any] = await request.client.ask(
        ASKS_BY_IDS[kind](scope=request.scope, ids=tuple(ids))
    )
    return records


async def fetch_clinics(
    request: GatewayRequest, ids: Sequence[int]
) -> Sequence[ClinicRecord | None]:
    return await request.client.ask(GetClinics(ids=tuple(ids)))


def named_by(attribute: str, kind: str, access: Rule) -> Batched:
    """Resolve the record whose id each parent holds, all in one ask; null without an id."""
    get = attrgetter(attribute)

    async def resolve(parents: Sequence[Any], _args: Args, request: GatewayRequest) -> list[Any]:
        return await fetch_each(list(map(get, parents)), partial(fetch, kind, request))

    return Batched(resolve, access)


def by_id_or_reference(kind: str, find: Any, access: Rule) -> Batched:  # noqa: ANN401 - a class of questions
    """Resolve a query for one record of a clinic, by its id or by the clinic's own number.

    `kind` is its type, `find` the question by a reference.
    """

    async def get(args: Args, request: GatewayRequest) -> Any:  # noqa: ANN401 - any record
        if one_of(args, "id", "reference") == "reference":
            reference = args["reference"]
            if not is_plain(reference):
                return None
            for text in dict.fromkeys((reference, without_invisible(reference))):
                record = await request.client.ask(find(scope=request.scope, reference=text))
                if record is not None:
                    return record
            return None
        number = ids.decode_number(kind, args["id"])
        return None if number is None else (await fetch(kind, request, [number]))[0]

    return at_root(get, access)


def one_of(args: Args, *names: str) -> str:
    """Return the name of the only argument present.

    Raises FieldRefused, BAD_USER_INPUT, when none or several are present.
    """
    present = [name for name in names if args.get(name) is not None]
    if len(present) != 1:
        raise FieldRefused("BAD_USER_INPUT", f"Give one of {', '.join(names)}.")
    return present[0]
