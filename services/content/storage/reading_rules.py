"""The rules for reading replies in PostgreSQL. Releases with the same rules share them."""

import zlib

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.storage.tables import current_release, reading_rules, release
from services.contracts.reading_rules import ReadingRules


class ReadingRulesRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, compiled: CompiledRules) -> None:
        """Store the rules, unless they are stored already."""
        packed = zlib.compress(msgspec.msgpack.encode(compiled.rules, order="deterministic"))
        self._connection.execute(
            insert(reading_rules)
            .values(content_hash=compiled.content_hash, payload=packed)
            .on_conflict_do_nothing()
        )

    def current_hash(self) -> str | None:
        """Return the hash of the current release's rules. Older releases have none."""
        return self._connection.execute(
            sa.select(release.c.reading_rules_hash).join(
                current_release, current_release.c.version == release.c.version
            )
        ).scalar_one_or_none()

    def hash_of(self, version: str) -> str | None:
        return self._connection.execute(
            sa.select(release.c.reading_rules_hash).where(release.c.version == version)
        ).scalar_one_or_none()

    def read(self, content_hash: str) -> ReadingRules:
        packed: bytes = self._connection.execute(
            sa.select(reading_rules.c.payload).where(reading_rules.c.content_hash == content_hash)
        ).scalar_one()
        return msgspec.msgpack.decode(zlib.decompress(packed), type=ReadingRules)
