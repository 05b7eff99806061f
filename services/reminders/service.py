"""The process that answers the asks of other services."""

import signal
import sys
import threading
from collections.abc import Mapping

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.zone_data import use_locked_zones
from services.reminders.settings import RemindersSettings
from services.reminders.wiring import open_service

log = logs.get_logger(__name__)


def main(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT. Returns 1 if it could not start."""
    use_locked_zones()
    try:
        settings = load(RemindersSettings, environ)
        logs.configure("reminders", is_development=settings.is_development)
        parts = open_service(settings)
    except (SettingsFault, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    parts.start()
    log.info("ready")
    stopping.wait()
    parts.close()
    log.info("stopped")
    return 0
