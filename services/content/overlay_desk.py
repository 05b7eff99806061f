"""What the content service answers of clinics' own values."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.content.storage.overlays import Overlays
from services.content.storage.releases import Releases
from services.content.usecases.find_overlays import list_overlays
from services.content.usecases.lay_again import lay_again
from services.content.usecases.lay_overlay import Ground, read_ground
from services.content.usecases.put_overlay import put_overlay
from services.contracts.catalog import Release
from services.contracts.content import (
    GetOverlay,
    ListOverlays,
    OverlayInfo,
    Problem,
    PutOverlay,
    PutOverlayReply,
    RemoveOverlay,
)


class OverlayDesk:
    """Answers from the database; remembers the source read last, which takes a second to read."""

    def __init__(self) -> None:
        self._remembered: tuple[str, Ground | None] | None = None

    def list_overlays(
        self, connection: sa.Connection, asked: Sequence[ListOverlays]
    ) -> list[tuple[OverlayInfo, ...]]:
        release = _current(Releases(connection))
        return [list_overlays(Overlays(connection), release, ask.clinic_id) for ask in asked]

    def get_overlay(
        self, connection: sa.Connection, asked: Sequence[GetOverlay]
    ) -> list[str | None]:
        found = Overlays(connection).in_use_for({(ask.clinic_id, ask.plan) for ask in asked})
        texts = {(each.clinic_id, each.plan): each.text for each in found}
        return [texts.get((ask.clinic_id, ask.plan)) for ask in asked]

    def put(
        self, connection: sa.Connection, command: PutOverlay, _context: CommandContext
    ) -> PutOverlayReply:
        now = Releases(connection).begin_publishing()
        ground = self._ground(connection)
        if ground is None:
            what = "nothing is published to lay this on; `afterglow catalog publish` does it"
            problem = Problem(where=f"{command.name}:1", what=what)
            return PutOverlayReply(info=None, problems=(problem,))
        return put_overlay(command, ground, Overlays(connection), now)

    def remove(
        self, connection: sa.Connection, command: RemoveOverlay, _context: CommandContext
    ) -> bool:
        Releases(connection).begin_publishing()
        return Overlays(connection).stop_using(command.clinic_id, command.plan)

    def lay_again(self, connection: sa.Connection) -> tuple[OverlayInfo, ...]:
        ground = self._ground(connection)
        return lay_again(Overlays(connection), ground) if ground else ()

    def _ground(self, connection: sa.Connection) -> Ground | None:
        releases = Releases(connection)
        mark = releases.ground()
        if mark is None:
            return None
        if self._remembered is None or self._remembered[0] != mark:
            self._remembered = (mark, _read_ground(releases))
        return self._remembered[1]


def _read_ground(releases: Releases) -> Ground | None:
    release = _current(releases)
    return read_ground(release, releases.read_source(release.info.version)) if release else None


def _current(releases: Releases) -> Release | None:
    version = releases.current_version()
    return releases.read(version) if version else None
