"""Releases in PostgreSQL."""

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.content.storage.tables import current_release, plan_version, release
from services.contracts.catalog import AftercarePlan, Release, ReleaseInfo
from services.contracts.catalog_wire import decode_release, encode_release

_PUBLISHING: Final = 7_233_110_232  # any number of our own: publishers queue behind it
_FILES: Final = dict[str, str]
_INFO: Final = sa.select(release.c.version, release.c.published_at, release.c.content_hash)


class Releases:
    """What has been published, as one transaction sees it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def begin_publishing(self) -> datetime:
        """Wait until no other publisher is at work; tells the real time, which never repeats.

        Raises OperationalError after a second: the command comes again, and asks are answered
        meanwhile that would have waited behind it.
        """
        self._connection.execute(sa.text("set local lock_timeout = '1s'"))
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHING)))
        now: datetime = self._connection.execute(
            sa.select(sa.func.clock_timestamp(type_=sa.DateTime(timezone=True)))
        ).scalar_one()
        return now

    def current_version(self) -> str | None:
        return self._connection.execute(sa.select(current_release.c.version)).scalar_one_or_none()

    def current(self) -> ReleaseInfo | None:
        row = self._connection.execute(
            _INFO.join(current_release, current_release.c.version == release.c.version)
        ).one_or_none()
        return None if row is None else _info(row)

    def read(self, version: str) -> Release | None:
        encoded = self.read_encoded(version)
        return None if encoded is None else decode_release(encoded)

    def read_encoded(self, version: str) -> bytes | None:
        """As contracts.catalog_wire encodes it."""
        return self._connection.execute(
            sa.select(release.c.payload).where(release.c.version == version)
        ).scalar_one_or_none()

    def read_source(self, version: str) -> dict[str, str] | None:
        """The files of a release, by path; None of one that was made before they were kept."""
        kept = self._connection.execute(
            sa.select(release.c.source).where(release.c.version == version)
        ).scalar_one_or_none()
        return None if kept is None else msgspec.msgpack.decode(zlib.decompress(kept), type=_FILES)

    def keep_source(self, version: str, files: Mapping[str, str]) -> None:
        """In place of other files of the same content, which may let clinics do other things."""
        packed = zlib.compress(msgspec.msgpack.encode(dict(files), order="deterministic"))
        self._connection.execute(
            sa.update(release)
            .where(release.c.version == version, release.c.source.is_distinct_from(packed))
            .values(source=packed)
        )

    def ground(self) -> str | None:
        """A mark of what clinics' own values are laid on: the current release and its source."""
        return self._connection.execute(
            sa.select(
                sa.func.concat(current_release.c.version, " ", sa.func.md5(release.c.source))
            ).join(release, release.c.version == current_release.c.version)
        ).scalar_one_or_none()

    def with_content(self, content_hash: str) -> ReleaseInfo | None:
        row = self._connection.execute(
            _INFO.where(release.c.content_hash == content_hash)
        ).one_or_none()
        return None if row is None else _info(row)

    def newest(self, limit: int) -> tuple[ReleaseInfo, ...]:
        rows = self._connection.execute(_INFO.order_by(release.c.version.desc()).limit(limit))
        return tuple(_info(row) for row in rows)

    def plan_hashes(self, slug: str) -> dict[int, str]:
        """What each version of a plan said when it was first published."""
        rows = self._connection.execute(
            sa.select(plan_version.c.version, plan_version.c.content_hash).where(
                plan_version.c.slug == slug
            )
        )
        return {row.version: row.content_hash for row in rows}

    def add(self, published: Release, plans: Iterable[AftercarePlan]) -> None:
        info = published.info
        self._connection.execute(
            sa.insert(release).values(
                version=info.version,
                content_hash=info.content_hash,
                published_at=info.published_at,
                payload=encode_release(published),
            )
        )
        for plan in plans:
            self._connection.execute(
                insert(plan_version)
                .values(
                    slug=plan.slug,
                    version=plan.version,
                    content_hash=plan.content_hash,
                    first_release=info.version,
                )
                .on_conflict_do_nothing()
            )

    def make_current(self, version: str) -> None:
        self._connection.execute(
            insert(current_release)
            .values(is_current=True, version=version)
            .on_conflict_do_update(index_elements=["is_current"], set_={"version": version})
        )


def _info(row: sa.Row[str, datetime, str]) -> ReleaseInfo:
    return ReleaseInfo(version=row[0], published_at=row[1], content_hash=row[2])
