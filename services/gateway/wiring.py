"""Builds the gateway of one worker process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint

from services.chassis.answer import AskServer
from services.chassis.ask import AskClient, BlockingAsk, blocking_ask
from services.chassis.clock import read_clock
from services.chassis.database import open_engine
from services.chassis.health import Check, database_check, redis_check
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.contracts.ask import GatewayAsk
from services.contracts.gateway import CreateKey, ListKeys, RevokeKey
from services.gateway.cursors import CursorSigner
from services.gateway.documents.checking import DocumentChecker, DocumentStore
from services.gateway.execution.executor import Executor
from services.gateway.http.graphql_endpoint import GraphQLEndpoint, MakeRequest
from services.gateway.http.https_get import https_get
from services.gateway.http.pages.alert import alert_page
from services.gateway.http.pages.check_in import check_in_page
from services.gateway.http.pages.sheet import sheets
from services.gateway.http.pages.unsubscribe import unsubscribe_page
from services.gateway.http.webhooks import kannel, mail, twilio
from services.gateway.http.webhooks.mail_events import EventIntake
from services.gateway.http.webhooks.mail_tokens import MailTokens
from services.gateway.http.webhooks.mailgun import routes as mailgun
from services.gateway.http.webhooks.mailgun.signatures import RedisUsedTokens
from services.gateway.http.webhooks.postmark import routes as postmark
from services.gateway.http.webhooks.sendgrid import routes as sendgrid
from services.gateway.http.webhooks.ses import routes as ses
from services.gateway.http.webhooks.ses.sns import SnsMessages
from services.gateway.http.webhooks.twilio import TwilioAccounts
from services.gateway.identity.keys import BearerIdentity, KeyRing
from services.gateway.identity.people import People
from services.gateway.identity.viewer import Viewer
from services.gateway.intake.forwarder import Forwarder
from services.gateway.intake.reminders_forwarding import forward
from services.gateway.request import GatewayRequest
from services.gateway.schema.build import build
from services.gateway.schema.commands import command_key
from services.gateway.settings import GatewaySettings
from services.gateway.snapshot.loader import SnapshotLoader
from services.gateway.storage import api_keys
from services.gateway.storage.intake import StoredIntake
from services.gateway.storage.tables import inbox

_CONNECTIONS = 8
_HEALTH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """What one process serves with; `close` closes all resources in reverse order.

    `checks` are the readiness checks by name.
    """

    endpoint: GraphQLEndpoint
    checks: Mapping[str, Check]
    blueprints: Sequence[Blueprint]
    close: Callable[[], Awaitable[None]]


async def start(settings: GatewaySettings) -> Gateway:
    """Build the gateway on the running loop; services that are away now may come later."""
    async with AsyncExitStack() as resources:
        vault = Vault.from_settings(settings.data_keys, settings.index_keys)
        engine = open_engine(
            settings.database_url, application_name="gateway", pool_size=_CONNECTIONS
        )
        resources.callback(engine.dispose)
        client = AskClient(settings.redis_url, vault)
        resources.push_async_callback(client.close)
        await client.start()
        loader = _load_catalog(settings, vault, client, resources)
        intake = StoredIntake(engine, vault)
        _forward_intake(intake, client, resources)
        _serve_keys(settings, vault, engine, resources)
        keys = api_keys.StoredKeys(engine, vault)
        people = People(keys.names)
        make_request = _request_maker(settings, engine, loader, client, people)
        endpoint = _endpoint(settings, BearerIdentity(KeyRing(keys.find)), make_request)
        checks = _checks(settings, engine, loader, resources)
        ask = blocking_ask(client, asyncio.get_running_loop())
        pages = [*_pages(settings, intake, ask, people), sheets(lambda: loader.current)]
        services = _mail_services(settings, intake, resources)
        blueprints = [*_webhooks(settings, intake), *services, *pages]
        return Gateway(endpoint, checks, blueprints, resources.pop_all().aclose)
    raise AssertionError("an exit stack swallows no exception")


def _load_catalog(
    settings: GatewaySettings, vault: Vault, client: AskClient, resources: AsyncExitStack
) -> SnapshotLoader:
    """Start to load in the background: webhooks are served without a catalog too."""
    loader = SnapshotLoader(settings.redis_url, vault, client)
    resources.push_async_callback(loader.close)
    starting = asyncio.create_task(loader.start())
    resources.callback(starting.cancel)
    return loader


def _forward_intake(intake: StoredIntake, client: AskClient, resources: AsyncExitStack) -> None:
    forwarder = Forwarder(intake.claim, partial(forward, client, asyncio.get_running_loop()))
    intake.on_commit(forwarder.wake)
    resources.push_async_callback(asyncio.to_thread, forwarder.stop)
    forwarder.start()


def _serve_keys(
    settings: GatewaySettings, vault: Vault, engine: sa.Engine, resources: AsyncExitStack
) -> None:
    server = AskServer(
        stream=GatewayAsk.stream,
        redis_url=settings.redis_url,
        vault=vault,
        engine=engine,
        inbox=inbox,
        reads={ListKeys: partial(api_keys.list_keys, vault=vault)},
        commands={
            CreateKey: partial(api_keys.create_key, vault=vault),
            RevokeKey: api_keys.revoke_key,
        },
        consumers=1,
    )
    resources.push_async_callback(asyncio.to_thread, server.stop)
    server.start()


def _endpoint(
    settings: GatewaySettings,
    identity: BearerIdentity,
    make_request: MakeRequest,
) -> GraphQLEndpoint:
    executor = Executor(build())
    documents = DocumentStore(DocumentChecker(executor).check)
    return GraphQLEndpoint(executor, documents, identity, make_request, settings.is_development)


def _request_maker(
    settings: GatewaySettings,
    engine: sa.Engine,
    loader: SnapshotLoader,
    client: AskClient,
    people: People,
) -> MakeRequest:
    cursors, key = CursorSigner(settings.secret_key), command_key(settings.secret_key)

    async def now() -> datetime:
        return await asyncio.to_thread(_product_time, engine)

    def make_request(viewer: Viewer, idempotency_key: str | None) -> GatewayRequest:
        return GatewayRequest(
            viewer=viewer,
            snapshot=loader.current,
            client=client,
            cursors=cursors,
            command_key=key,
            now=now,
            people=people,
            idempotency_key=idempotency_key,
        )

    return make_request


def _checks(
    settings: GatewaySettings, engine: sa.Engine, loader: SnapshotLoader, resources: AsyncExitStack
) -> dict[str, Check]:
    probe = open_redis(settings.redis_url, read_seconds=_HEALTH_SECONDS)
    resources.callback(probe.close)
    return {
        "database": database_check(engine),
        "redis": redis_check(probe),
        "catalog": lambda: None if loader.current else loader.missing_reason,
    }


def _webhooks(settings: GatewaySettings, intake: StoredIntake) -> list[Blueprint]:
    """Make the callbacks of providers that can be authenticated."""
    routes = [
        kannel.webhooks(settings.secret_key, settings.kannel_inbound_token, intake.keep),
        mail.webhooks(settings.secret_key, settings.email_reports_token, intake.keep),
    ]
    folder = Path(settings.secrets_folder or Path(settings.afterglow_home) / "sender-secrets")
    accounts = TwilioAccounts(settings.twilio_auth_token, settings.secret_key, folder)
    return [*routes, twilio.webhooks(accounts, settings.public_url, intake.keep)]


def _mail_services(
    settings: GatewaySettings, intake: StoredIntake, resources: AsyncExitStack
) -> list[Blueprint]:
    """Make the webhooks of mail services, whose events are about mails that we sent by SMTP."""
    client = open_redis(settings.redis_url, read_seconds=_HEALTH_SECONDS)
    resources.callback(client.close)
    tokens = MailTokens(settings.secret_key)
    events = partial(EventIntake, tokens=tokens, keep=intake.keep)
    topics = [topic for part in settings.ses_topics.split(",") if (topic := part.strip())]
    key, used = settings.mailgun_signing_key, RedisUsedTokens(client)
    return [
        ses.webhooks(SnsMessages(topics, https_get), events(ses.SERVICE)),
        sendgrid.webhooks(
            sendgrid.read_key(settings.sendgrid_webhook_key), events(sendgrid.SERVICE)
        ),
        mailgun.webhooks(key, used, events(mailgun.SERVICE)),
        postmark.webhooks(settings.postmark_webhook_login, events(postmark.SERVICE)),
    ]


def _pages(
    settings: GatewaySettings, intake: StoredIntake, ask: BlockingAsk, people: People
) -> list[Blueprint]:
    """Make the pages that patients and staff open by a signed link."""
    return [
        unsubscribe_page(settings.secret_key, intake.keep),
        check_in_page(settings.secret_key, ask, intake.keep),
        alert_page(settings.secret_key, ask, people),
    ]


def _product_time(engine: sa.Engine) -> datetime:
    with engine.connect() as connection:
        return read_clock(connection).product
