"""What the content service answers, ask by ask."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import Final

import sqlalchemy as sa

from services.chassis.answer import CommandContext
from services.chassis.vault import Vault
from services.content.overlay_desk import OverlayDesk
from services.content.source.reader import shipped_files
from services.content.storage.overlays import Overlays
from services.content.storage.releases import Releases
from services.content.storage.reviews import Reviews
from services.content.storage.showcase import Showcase
from services.content.usecases.diff_releases import diff_releases
from services.content.usecases.find_overlays import find_clinic_plans
from services.content.usecases.find_reviews import find_reviews, with_reviews
from services.content.usecases.publish_catalog import publish_catalog
from services.content.usecases.roll_back import roll_back
from services.content.usecases.sign_off_plan import sign_off_for_demo, sign_off_plan
from services.contracts.catalog import Release, ReleaseInfo
from services.contracts.content import (
    ClinicPlan,
    DemoSignOffReply,
    DiffReleases,
    DiffReply,
    FindReviews,
    GetClinicPlan,
    GetRelease,
    GetReleaseInfo,
    ListReleases,
    PlanReview,
    PublishCatalog,
    PublishReply,
    RollBack,
    RollBackReply,
    SignOffForDemo,
    SignOffPlan,
    SignOffReply,
)

_REMEMBERED: Final = 4
_MOST_LISTED: Final = 1_000


class ContentDesk:
    """Answers from the database; remembers the releases read last, which never change."""

    def __init__(
        self, showcase: Showcase, vault: Vault, overlays: OverlayDesk, *, is_production: bool
    ) -> None:
        self._showcase = showcase
        self._overlays = overlays
        self._vault = vault
        self._is_production = is_production
        self._remembered: OrderedDict[str, Release] = OrderedDict()

    def get_release(
        self, connection: sa.Connection, asked: Sequence[GetRelease]
    ) -> list[Release | None]:
        current = Releases(connection).current_version()
        return [self._release(connection, ask.version or current) for ask in asked]

    def get_clinic_plan(
        self, connection: sa.Connection, asked: Sequence[GetClinicPlan]
    ) -> list[ClinicPlan | None]:
        release = self._release(connection, Releases(connection).current_version())
        if release is None:
            return [None] * len(asked)
        found = find_clinic_plans(Overlays(connection), release, asked)
        return with_reviews(self._reviews(connection), asked, found)

    def find_reviews(
        self, connection: sa.Connection, asked: Sequence[FindReviews]
    ) -> list[tuple[PlanReview | None, ...]]:
        return find_reviews(self._reviews(connection), asked)

    def sign_off(
        self, connection: sa.Connection, command: SignOffPlan, _context: CommandContext
    ) -> SignOffReply:
        read = self._read_by_clinic(connection, command.clinic_id, [command.plan])
        reviews = self._reviews(connection)
        return sign_off_plan(
            read[command.plan], command, reviews, is_production=self._is_production
        )

    def sign_off_for_demo(
        self, connection: sa.Connection, command: SignOffForDemo, _context: CommandContext
    ) -> DemoSignOffReply:
        slugs = self._plans_of_release(connection) if command.plans is None else command.plans
        read = self._read_by_clinic(connection, command.clinic_id, slugs)
        reviews = self._reviews(connection)
        return sign_off_for_demo(read, command, reviews, is_production=self._is_production)

    def _reviews(self, connection: sa.Connection) -> Reviews:
        return Reviews(connection, self._vault, is_production=self._is_production)

    def get_release_info(
        self, connection: sa.Connection, asked: Sequence[GetReleaseInfo]
    ) -> list[ReleaseInfo | None]:
        return [Releases(connection).current()] * len(asked)

    def list_releases(
        self, connection: sa.Connection, asked: Sequence[ListReleases]
    ) -> list[tuple[ReleaseInfo, ...]]:
        releases = Releases(connection)
        return [releases.newest(max(0, min(ask.limit, _MOST_LISTED))) for ask in asked]

    def publish(
        self, connection: sa.Connection, command: PublishCatalog, context: CommandContext
    ) -> PublishReply:
        is_shipped = command.files is None
        files = shipped_files() if command.files is None else command.files
        today = None if is_shipped else _today(connection)
        reply = publish_catalog(
            files,
            Releases(connection),
            lambda: self._overlays.lay_again(connection),
            today=today,
            only_new=command.only_new,
            instead_of=command.instead_of,
        )
        if info := reply.info:
            context.after_commit(lambda: self._showcase.announce(info.version))
        return reply

    def diff(self, connection: sa.Connection, asked: Sequence[DiffReleases]) -> list[DiffReply]:
        return [diff_releases(Releases(connection), each) for each in asked]

    def roll_back(
        self, connection: sa.Connection, command: RollBack, context: CommandContext
    ) -> RollBackReply:
        reply = roll_back(
            Releases(connection), command.version, lambda: self._overlays.lay_again(connection)
        )
        if info := reply.info:
            context.after_commit(lambda: self._showcase.announce(info.version))
        return reply

    def _read_by_clinic(
        self, connection: sa.Connection, clinic_id: int, slugs: Sequence[str]
    ) -> dict[str, ClinicPlan | None]:
        """A hash covers every locale, so any one will do."""
        asks = [GetClinicPlan(clinic_id=clinic_id, slug=slug, locale="") for slug in slugs]
        return dict(zip(slugs, self.get_clinic_plan(connection, asks), strict=True))

    def _plans_of_release(self, connection: sa.Connection) -> tuple[str, ...]:
        release = self._release(connection, Releases(connection).current_version())
        plans = release.catalogs[release.base_locale].plans if release else ()
        return tuple(plan.slug for plan in plans)

    def _release(self, connection: sa.Connection, version: str | None) -> Release | None:
        if version is None:
            return None
        release = self._remembered.get(version) or Releases(connection).read(version)
        if release is not None:
            self._remembered[version] = release
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return release


def _today(connection: sa.Connection) -> date:
    today: date = connection.execute(sa.select(sa.func.current_date())).scalar_one()
    return today
