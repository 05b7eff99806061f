"""Puts the mail listener together."""

import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from services.chassis.database import open_engine
from services.chassis.health import database_check
from services.chassis.settings import Bind, SettingsFault
from services.chassis.signed_addresses import AddressSigner
from services.chassis.vault import Vault
from services.contracts.senders import RETURN_PATH_KIND, SIGNED_ADDRESS_LIFETIME
from services.gateway.mail.bounces import Bounces
from services.gateway.mail.conversation import MailHandler
from services.gateway.mail.counters import MailCounters
from services.gateway.mail.health import health_app
from services.gateway.mail.limits import Limits
from services.gateway.mail.listener import MailListener
from services.gateway.mail.mailboxes import Mailboxes
from services.gateway.settings import MailSettings
from services.gateway.storage.intake import StoredIntake

_THREADS: Final = 4  # as many mails are stored at once


class Listening(msgspec.Struct, frozen=True):
    """The ports that were chosen, for a setting with port 0."""

    smtp_port: int
    health_port: int


@asynccontextmanager
async def mail_listener(settings: MailSettings) -> AsyncIterator[Listening]:
    """Listen while the context is open. Raises SettingsFault."""
    tls = tls_of(settings)
    async with AsyncExitStack() as resources:
        engine = open_engine(settings.database_url, application_name="mail", pool_size=_THREADS)
        resources.callback(engine.dispose)
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="store-mail")
        resources.callback(pool.shutdown)
        intake = StoredIntake(engine, Vault.from_settings(settings.data_keys, settings.index_keys))
        signer = AddressSigner(settings.secret_key, lifetime=SIGNED_ADDRESS_LIFETIME)
        mailboxes = Mailboxes(signer, {RETURN_PATH_KIND: Bounces(intake.keep).take})
        limits, counters = limits_of(settings), MailCounters()
        listener = MailListener(
            MailHandler(mailboxes, limits, counters, pool),
            limits,
            counters,
            hostname=_hostname(settings),
            tls=tls,
        )
        smtp_port = await _listen(listener, settings.mail_bind)
        resources.push_async_callback(listener.stop)
        health = health_app(listener, {"database": database_check(engine)})
        health_port = await _serve_health(health, settings.mail_health_bind, resources)
        yield Listening(smtp_port, health_port)


def limits_of(settings: MailSettings) -> Limits:
    return Limits(
        mail_bytes=settings.mail_largest,
        connections=settings.mail_connections,
        connections_per_client=settings.mail_connections_per_address,
        mails_per_minute=settings.mail_rate,
        mails_per_token=settings.mail_per_token,
        idle_seconds=settings.mail_idle_seconds,
    )


def tls_of(settings: MailSettings) -> ssl.SSLContext | None:
    """Read the certificate and its key. Raises SettingsFault."""
    if not settings.mail_tls_cert_file:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.mail_tls_cert_file, settings.mail_tls_key_file or None)
    except OSError as fault:  # ssl.SSLError too
        raise SettingsFault(
            f"MAIL_TLS_CERT_FILE or MAIL_TLS_KEY_FILE is not usable: {fault.strerror or fault}"
        ) from None
    return context


def _hostname(settings: MailSettings) -> str:
    return settings.mail_hostname or urlsplit(settings.public_url).hostname or "localhost"


async def _listen(listener: MailListener, bind: Bind) -> int:
    try:
        return await listener.start(bind)
    except OSError as fault:
        raise _cannot_listen("MAIL_BIND", bind, fault) from None


async def _serve_health(app: web.Application, bind: Bind, resources: AsyncExitStack) -> int:
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    resources.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, bind.host, bind.port).start()
    except OSError as fault:
        raise _cannot_listen("MAIL_HEALTH_BIND", bind, fault) from None
    port: int = runner.addresses[0][1]
    return port


def _cannot_listen(setting: str, bind: Bind, fault: OSError) -> SettingsFault:
    return SettingsFault(
        f"The mail listener cannot listen on {bind} ({fault.strerror or fault}): stop what is"
        f" there, or set {setting} to another host:port."
    )
