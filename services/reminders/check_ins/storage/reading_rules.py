"""The last rules for reading replies in PostgreSQL, for when the content service is away."""

import zlib

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.contracts.content import CurrentReadingRules
from services.contracts.reading_rules import ReadingRules
from services.reminders.database.tables import reading_rules


class ReadingRulesRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def read(self) -> CurrentReadingRules | None:
        """Return None if there were never any rules."""
        row = self._connection.execute(sa.select(reading_rules)).one_or_none()
        if row is None:
            return None
        rules = msgspec.msgpack.decode(zlib.decompress(row.payload), type=ReadingRules)
        return CurrentReadingRules(content_hash=row.content_hash, rules=rules)

    def put(self, current: CurrentReadingRules) -> None:
        row = {
            "content_hash": current.content_hash,
            "payload": zlib.compress(msgspec.msgpack.encode(current.rules)),
        }
        self._connection.execute(
            insert(reading_rules)
            .values(is_current=True, **row)
            .on_conflict_do_update(index_elements=[reading_rules.c.is_current], set_=row)
        )
