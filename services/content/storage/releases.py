"""Releases in PostgreSQL."""

import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.content.domain.compile_reading_rules import CompiledRules
from services.content.domain.overlay_base import OverlayBase, read_overlay_base
from services.content.storage.reading_rules import ReadingRulesRepository
from services.content.storage.tables import current_release, plan_version, release
from services.contracts.catalog import AftercarePlan, Release, ReleaseInfo
from services.contracts.catalog_wire import decode_release, encode_release

_PUBLISHING_LOCK: Final = 7_233_110_232  # an arbitrary number that nothing else locks
_CACHED: Final = 4
_FILES: Final = dict[str, str]
_INFO: Final = sa.select(release.c.version, release.c.published_at, release.c.content_hash)


class ReleaseCache:
    """Releases that a process has read. A release never changes, and decoding one is slow."""

    def __init__(self) -> None:
        self._releases: OrderedDict[str, Release] = OrderedDict()
        self.overlay_base: tuple[str, OverlayBase] | None = None
        """The base that was read last, with its mark."""

    def get(self, version: str) -> Release | None:
        return self._releases.get(version)

    def put(self, read: Release) -> None:
        self._releases[read.info.version] = read
        while len(self._releases) > _CACHED:
            self._releases.popitem(last=False)


class ReleaseRepository:
    def __init__(self, connection: sa.Connection, cache: ReleaseCache) -> None:
        self._connection = connection
        self._cache = cache

    def begin_publishing(self) -> datetime:
        """Wait until nobody else publishes. Returns the real time, which never repeats.

        Raises OperationalError after a second. The command is then delivered again, and asks
        behind it are answered in the meantime.
        """
        self._connection.execute(sa.text("set local lock_timeout = '1s'"))
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHING_LOCK)))
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

    def today(self) -> date:
        today: date = self._connection.execute(sa.select(sa.func.current_date())).scalar_one()
        return today

    def read_current(self) -> Release | None:
        version = self.current_version()
        return None if version is None else self.read(version)

    def read(self, version: str) -> Release | None:
        if cached := self._cache.get(version):
            return cached
        encoded = self.read_encoded(version)
        if encoded is None:
            return None
        decoded = decode_release(encoded)
        self._cache.put(decoded)
        return decoded

    def read_encoded(self, version: str) -> bytes | None:
        """Return the release as contracts.catalog_wire encodes it."""
        return self._connection.execute(
            sa.select(release.c.payload).where(release.c.version == version)
        ).scalar_one_or_none()

    def read_source(self, version: str) -> dict[str, str] | None:
        """Return the files of a release by path. Older releases have none stored."""
        packed = self._connection.execute(
            sa.select(release.c.source).where(release.c.version == version)
        ).scalar_one_or_none()
        if packed is None:
            return None
        return msgspec.msgpack.decode(zlib.decompress(packed), type=_FILES)

    def keep_source(self, version: str, files: Mapping[str, str]) -> None:
        """Store the files of a release. Other files of the same content may allow clinics more."""
        packed = zlib.compress(msgspec.msgpack.encode(dict(files), order="deterministic"))
        self._connection.execute(
            sa.update(release)
            .where(release.c.version == version, release.c.source.is_distinct_from(packed))
            .values(source=packed)
        )

    def overlay_base(self) -> OverlayBase | None:
        """Return what clinics' own values are applied to: the current release with its source."""
        mark = self.overlay_base_mark()
        if mark is None:
            return None
        cached = self._cache.overlay_base
        if cached is None or cached[0] != mark:
            current = self.read_current()
            if current is None:
                return None
            base = read_overlay_base(current, self.read_source(current.info.version))
            cached = self._cache.overlay_base = (mark, base)
        return cached[1]

    def overlay_base_mark(self) -> str | None:
        """Return a mark that changes with the current release and with its source."""
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
        """Return the content hash of each published version of a plan."""
        rows = self._connection.execute(
            sa.select(plan_version.c.version, plan_version.c.content_hash).where(
                plan_version.c.slug == slug
            )
        )
        return {row.version: row.content_hash for row in rows}

    def add(self, published: Release, plans: Iterable[AftercarePlan], rules: CompiledRules) -> None:
        info = published.info
        ReadingRulesRepository(self._connection).add(rules)
        self._connection.execute(
            sa.insert(release).values(
                version=info.version,
                content_hash=info.content_hash,
                published_at=info.published_at,
                payload=encode_release(published),
                reading_rules_hash=rules.content_hash,
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
