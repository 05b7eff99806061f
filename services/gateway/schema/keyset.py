"""Pages of private lists, which a service returns in the order of a key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from services.chassis.ask import Question
from services.gateway.cursors import Key
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.fields import Args
from services.gateway.schema.paging import Connection, Edge, PageRequest, page_request

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
P = TypeVar("P")
Q = TypeVar("Q")

Position = tuple[datetime, int]

Filters = Mapping[str, Any]
"""Fields of a question; what else they contain is left out of it."""


class Page(Protocol[T_co]):
    """A page as a service returns it. Some have the `total` length of the list too."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def has_more(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PrivateList(Generic[T, P]):
    """One private list, for its cursors; `name` distinguishes it from all others.

    `key` is what a cursor holds of an item, `position` turns that into the argument that the
    service continues after.
    """

    name: str
    key: Callable[[T], Key]
    position: Callable[[Sequence[Any]], P]

    def connection(
        self, page: Page[T], paging: PageRequest, request: GatewayRequest
    ) -> Connection[T]:
        """Make the connection of a page, whose items come in the direction of paging."""
        items = page.items[: paging.size]
        has_more = page.has_more or len(page.items) > paging.size
        has_cursor = paging.cursor is not None
        ordered = list(reversed(items)) if paging.backward else items
        return Connection(
            [Edge(self._signing(item, request), item) for item in ordered],
            has_next_page=has_cursor if paging.backward else has_more,
            has_previous_page=has_more if paging.backward else has_cursor,
            count=lambda: getattr(page, "total", 0),
        )

    def _start(self, paging: PageRequest, request: GatewayRequest) -> P | None:
        if paging.cursor is None:
            return None
        return self.position(request.cursors.decode(self.name, paging.cursor))

    def _signing(self, item: T, request: GatewayRequest) -> Callable[[], str]:
        return lambda: request.cursors.encode(self.name, self.key(item))

    def question(
        self, kind: type[Q], filters: Filters, paging: PageRequest, request: GatewayRequest
    ) -> Q:
        """Make the question for a page; raises FieldRefused for a cursor of another list."""
        size = max(paging.size, 1)  # so that an empty page can still say whether there is more
        page = {"limit": size, "first": size, "after": self._start(paging, request)}
        return msgspec.convert({**filters, **page, "scope": request.scope}, kind)

    async def read(
        self,
        kind: type[Question[Page[T]]],
        filters: Filters,
        paging: PageRequest,
        request: GatewayRequest,
    ) -> Connection[T]:
        """Ask a question of this kind for a page."""
        page = await request.client.ask(self.question(kind, filters, paging, request))
        return self.connection(page, paging, request)

    async def read_about_patient(
        self,
        kind: type[Question[Page[T]]],
        filters: Filters,
        args: Args,
        request: GatewayRequest,
    ) -> Connection[T]:
        """The same, about the patient that `patientId` names, or about all if it is left out."""
        patient_id = ids.patient_number(args)
        if patient_id == 0:
            return Connection()
        filters = {**filters, "patient_id": patient_id}
        return await self.read(kind, filters, page_request(args), request)


def list_by_time(name: str, position: Callable[[T], Position]) -> PrivateList[T, Position]:
    """Make a list that is ordered by a time, then by id."""

    def key(item: T) -> Key:
        at, number = position(item)
        return at.isoformat(), number

    return PrivateList(name, key, _time_and_id)


def _time_and_id(key: Sequence[Any]) -> Position:
    at, number = key
    return datetime.fromisoformat(str(at)), int(number)


async def pages_of_many(
    kind: type[Question[Page[T]]],
    lists: Sequence[tuple[PrivateList[T, P], Filters]],
    paging: PageRequest,
    request: GatewayRequest,
) -> list[Connection[T] | FieldRefused]:
    """Read the same page of many lists in one round trip.

    A cursor is refused by all lists but its own.
    """
    questions: dict[int, Question[Page[T]]] = {}
    answers: dict[int, Connection[T] | FieldRefused] = {}
    for index, (private_list, filters) in enumerate(lists):
        try:
            questions[index] = private_list.question(kind, filters, paging, request)
        except FieldRefused as refused:
            answers[index] = refused
    pages = await request.client.ask_many(list(questions.values())) if questions else ()
    for index, page in zip(questions, pages, strict=True):
        private_list, _ = lists[index]
        answers[index] = private_list.connection(page, paging, request)
    return [answers[index] for index in range(len(lists))]
