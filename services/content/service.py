"""The content service: it checks and publishes the catalog, and serves what is in it."""

import signal
import sys
import threading
from collections.abc import Mapping

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.zone_data import use_locked_zones
from services.content.settings import ContentSettings
from services.content.wiring import content_service

log = logs.get_logger(__name__)


def main(environ: Mapping[str, str]) -> int:
    """Serve until a signal stops it. Returns the exit status."""
    use_locked_zones()
    try:
        settings = load(ContentSettings, environ)
    except SettingsFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    logs.configure("content", is_development=settings.is_development)
    stop_requested = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop_requested.set())
    with content_service(settings):
        log.info("started")
        stop_requested.wait()
        log.info("stopping")
    return 0
