"""Serving the gateway: gunicorn, with its ASGI worker."""

import gc
import socket
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types

from services.chassis import logs
from services.chassis.settings import Bind, SettingsFault, load
from services.chassis.vault import Vault
from services.chassis.zone_data import use_locked_zones
from services.gateway.app import asgi_pages, make_app
from services.gateway.edge import Edge, ServedGateway
from services.gateway.http.asgi import Application
from services.gateway.http.webhooks.sendgrid.routes import read_key
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import start

_GRACE_SECONDS = 8
_KEEP_ALIVE_SECONDS = 3  # idle connections delay a stop by as much


def main(environ: Mapping[str, str]) -> int:
    """Serve until a signal stops the process; return its exit code."""
    use_locked_zones()
    try:
        settings = load(GatewaySettings, environ)
        Vault.from_settings(settings.data_keys, settings.index_keys)  # report bad keys first
        _require_verification_key(settings)
    except (SettingsFault, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    bind_fault = why_not_free(settings.gateway_bind)
    if bind_fault:
        sys.stderr.write(f"{bind_fault}\n")
        return 1
    logs.configure("gateway", is_development=settings.is_development)
    try:
        GatewayServer(settings).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _require_verification_key(settings: GatewaySettings) -> None:
    """Raises SettingsFault if the key of SendGrid's webhook cannot be read."""
    try:
        read_key(settings.sendgrid_webhook_key)
    except ValueError as fault:
        raise SettingsFault(f"SENDGRID_WEBHOOK_KEY is not usable: {fault}.") from None


def why_not_free(bind: Bind) -> str | None:
    """Return why the address cannot be bound; None if it can.

    The address is tried without port sharing: gunicorn's processes share the port, and would share
    it with another program too.
    """
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind.host, bind.port))
        except OSError as fault:
            return (
                f"The gateway cannot listen on {bind} ({fault.strerror}):"
                " stop what is there, or set GATEWAY_BIND to another host:port."
            )
    return None


class GatewayServer(BaseApplication):  # type: ignore[misc]  # see its import
    """gunicorn's arbiter for our edge; each of its processes builds its own gateway."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        return Edge(partial(begin, self._settings))


async def begin(settings: GatewaySettings) -> ServedGateway:
    """Build what one process serves with, on its event loop.

    Objects that exist by then live until the process ends, so they are hidden from the garbage
    collector: a full collection over them would stop all requests meanwhile.
    """
    gateway = await start(settings)
    pages = asgi_pages(make_app(gateway.checks, gateway.blueprints))
    gc.collect()
    gc.freeze()
    return ServedGateway(gateway.endpoint, pages, gateway.close)


def options(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "bind": str(settings.gateway_bind),
        "workers": settings.gateway_processes,
        "worker_class": "asgi",
        "reuse_port": True,
        "control_socket_disable": True,
        "graceful_timeout": _GRACE_SECONDS,
        "keepalive": _KEEP_ALIVE_SECONDS,
        "timeout": 30,
        "proc_name": "afterglow-gateway",
        "loglevel": "warning",
        "accesslog": None,
    }
