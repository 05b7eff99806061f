"""Builds the release that gateways load from a checked catalog."""

from datetime import datetime

from services.content.domain.reading import BASE_LOCALE
from services.content.usecases.check_catalog import Checked
from services.contracts.catalog import Release, ReleaseInfo


def build_release(checked: Checked, published_at: datetime) -> Release:
    """Build a release. Versions sort by the time of publishing."""
    version = f"{published_at:%Y%m%dT%H%M%S.%fZ}-{checked.content_hash[:8]}"
    return Release(
        info=ReleaseInfo(
            version=version, published_at=published_at, content_hash=checked.content_hash
        ),
        base_locale=BASE_LOCALE,
        catalogs=checked.catalogs,
    )
