"""The repositories of one transaction."""

from collections.abc import Callable

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.content.storage.overlays import OverlayRepository
from services.content.storage.reading_rules import ReadingRulesRepository
from services.content.storage.releases import ReleaseCache, ReleaseRepository
from services.content.storage.reviews import ReviewRepository


class ContentUnitOfWork:
    def __init__(
        self, connection: sa.Connection, vault: Vault, cache: ReleaseCache, *, is_production: bool
    ) -> None:
        self.releases = ReleaseRepository(connection, cache)
        self.reading_rules = ReadingRulesRepository(connection)
        self.overlays = OverlayRepository(connection)
        self.reviews = ReviewRepository(connection, vault, is_production=is_production)


OpenUnitOfWork = Callable[[sa.Connection], ContentUnitOfWork]
