"""Reasons why a document is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document; its message is safe to show."""

    code: str
    message: str
    locations: tuple[tuple[int, int], ...] = ()  # line and column, from 1


class DocumentRefused(Exception):
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].code)
        self.faults = tuple(faults)


def fault_of(code: str, error: GraphQLError) -> Fault:
    locations = tuple((location.line, location.column) for location in error.locations or ())
    return Fault(code, error.message, locations)
