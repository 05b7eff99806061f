"""Counts the statements that reach the database."""

from types import TracebackType
from typing import Self

import sqlalchemy as sa


class Counted:
    """`count` is how many statements an engine ran inside the `with` block."""

    def __init__(self, engine: sa.Engine) -> None:
        self.count = 0
        self._engine = engine

    def __enter__(self) -> Self:
        sa.event.listen(self._engine, "before_cursor_execute", self._add)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._add)

    def _add(self, *_: object) -> None:
        self.count += 1
