"""The sandbox process: a stand-in provider for texts and email, for development and tests."""

import asyncio
import sys
from collections.abc import Mapping

import uvloop

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.tasks import stop_request
from services.chassis.zone_data import use_locked_zones
from services.sandbox.settings import SandboxSettings
from services.sandbox.wiring import CannotListen, Sandbox

log = logs.get_logger(__name__)


def main(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT. Returns 1 if it cannot start; stderr says why."""
    use_locked_zones()
    try:
        settings = load(SandboxSettings, environ)
        logs.configure("sandbox", is_development=settings.afterglow_env == "development")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings))
    except (SettingsFault, CannotListen) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


async def _serve(settings: SandboxSettings) -> None:
    stop_requested = stop_request()
    async with Sandbox(settings) as sandbox:
        log.info("listening", port=sandbox.http_port, kind="HTTP")
        log.info("listening", port=sandbox.smtp_port, kind="SMTP")
        await stop_requested.wait()
    log.info("stopped")
