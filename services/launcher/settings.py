"""The settings of `up`, and the environment of the processes that it starts."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from services.chassis.clock import FASTEST
from services.chassis.settings import Bind, Secret
from services.content.settings import ContentSettings
from services.gateway.settings import GatewaySettings, MailSettings
from services.launcher.home import Home, Secrets
from services.reminders.settings import WorkerSettings
from services.sandbox.settings import SandboxSettings


class UpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting has a default, so that everything runs on a laptop without settings."""

    afterglow_env: Annotated[
        Literal["development", "production"],
        msgspec.Meta(
            description="Development adds the sandbox provider, a demo clinic and a movable clock."
        ),
    ] = "development"
    database_url: Annotated[
        Secret,
        msgspec.Meta(
            pattern="^postgres(ql)?://",
            description="A PostgreSQL to use instead of the embedded one: postgresql://…",
        ),
    ] = Secret("")
    redis_url: Annotated[
        Secret,
        msgspec.Meta(
            pattern="^(rediss?|unix)://",
            description="A Redis or Valkey to use instead of the embedded one: redis://…",
        ),
    ] = Secret("")
    gateway_bind: Annotated[
        Bind, msgspec.Meta(description="Where the gateway listens, host:port.")
    ] = Bind("127.0.0.1", 8000)
    mail_bind: Annotated[
        Bind, msgspec.Meta(description="Where the mail listener takes mail over SMTP.")
    ] = Bind("127.0.0.1", 2526)
    mail_health_bind: Annotated[
        Bind, msgspec.Meta(description="Where the mail listener says whether it is ready.")
    ] = Bind("127.0.0.1", 2527)
    sandbox_bind: Annotated[
        Bind, msgspec.Meta(description="Where the sandbox's page and SMS API listen.")
    ] = Bind("127.0.0.1", 8025)
    sandbox_smtp_bind: Annotated[
        Bind, msgspec.Meta(description="Where the sandbox takes email.")
    ] = Bind("127.0.0.1", 2525)
    public_url: Annotated[
        str, msgspec.Meta(description="The gateway's address as others reach it.")
    ] = ""
    clock_rate: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=FASTEST,
            description="Seconds of product time in a second; only in development.",
        ),
    ] = 1.0

    @property
    def is_development(self) -> bool:
        return self.afterglow_env == "development"


_READ = (ContentSettings, GatewaySettings, MailSettings, SandboxSettings, WorkerSettings)


def process_environment(
    settings: UpSettings, home: Home, secrets: Secrets, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the settings of all processes. The operator's values replace ours.

    The addresses of the database and of Redis are added later, once these run.
    """
    chosen = {
        "AFTERGLOW_ENV": settings.afterglow_env,
        "PUBLIC_URL": f"http://{settings.gateway_bind}",
        "GATEWAY_BIND": str(settings.gateway_bind),
        "MAIL_BIND": str(settings.mail_bind),
        "MAIL_HEALTH_BIND": str(settings.mail_health_bind),
        "SECRET_KEY": secrets.secret_key,
        "DATA_KEYS": secrets.data_keys,
        "INDEX_KEYS": secrets.index_keys,
    }
    if settings.is_development:
        chosen |= _sandboxed(settings, secrets)
    overrides = {name: value for name, value in environ.items() if value}
    kept = {name: value for name, value in chosen.items() if f"{name}_FILE" not in overrides}
    return kept | overrides | {"AFTERGLOW_HOME": str(home.root)}


def settings_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep only the settings that our processes read."""
    fields = (field for settings in _READ for field in msgspec.structs.fields(settings))
    names = {field.name.upper() for field in fields}
    names |= {f"{name}_FILE" for name in names}
    return {name: value for name, value in environment.items() if name in names}


def _sandboxed(settings: UpSettings, secrets: Secrets) -> dict[str, str]:
    """Point both providers to the sandbox, with an account that exists only there."""
    account = hashlib.sha256(f"sandbox account {secrets.secret_key}".encode()).hexdigest()
    return {
        "SANDBOX_BIND": str(settings.sandbox_bind),
        "SANDBOX_SMTP_BIND": str(settings.sandbox_smtp_bind),
        "SMS_PROVIDERS": "twilio",
        "EMAIL_PROVIDERS": "smtp",
        "TWILIO_ACCOUNT_SID": f"AC{account[:32]}",
        "TWILIO_AUTH_TOKEN": account[32:],
        "TWILIO_FROM": "+12025550100",  # from the range reserved for fiction
        "TWILIO_API_URL": f"http://{settings.sandbox_bind}",
        "SMTP_URL": f"smtp://{settings.sandbox_smtp_bind}",
        "EMAIL_FROM": "care@rowan-clinic.example",
    }
