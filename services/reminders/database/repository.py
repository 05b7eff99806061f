"""Repositories, which read and write in the transaction of a unit of work."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import sqlalchemy as sa

from services.chassis.vault import Vault

R = TypeVar("R")


class Repository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault


def repository(kind: Callable[[sa.Connection, Vault], R]) -> cached_property[R]:
    """Return a property of a unit of work: its repository, built when it is first used."""
    return cached_property(lambda uow: kind(uow.connection, uow.vault))
