"""The process that takes mail for return paths over SMTP."""

import asyncio
import sys
from collections.abc import Mapping

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.tasks import stop_request
from services.chassis.vault import Vault
from services.chassis.zone_data import use_locked_zones
from services.gateway.mail_wiring import mail_listener
from services.gateway.settings import MailSettings

log = logs.get_logger(__name__)


def main(environ: Mapping[str, str]) -> int:
    """Listen until SIGTERM or SIGINT. Returns 2 if a setting is not usable; stderr says why."""
    use_locked_zones()
    try:
        settings = load(MailSettings, environ)
        Vault.from_settings(settings.data_keys, settings.index_keys)  # report bad keys first
        logs.configure("mail", is_development=settings.is_development)
        asyncio.run(_serve(settings))
    except (SettingsFault, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


async def _serve(settings: MailSettings) -> None:
    stop_requested = stop_request()
    async with mail_listener(settings) as listening:
        log.info("listening", port=listening.smtp_port, kind="SMTP")
        log.info("listening", port=listening.health_port, kind="HTTP")
        await stop_requested.wait()
    log.info("stopped")
