"""The settings of the content service."""

from services.chassis.settings import Settings


class ContentSettings(Settings, frozen=True, kw_only=True):
    """Only the settings of every process."""
