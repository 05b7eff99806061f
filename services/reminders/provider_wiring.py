"""Puts providers together from settings: the one place that knows them all."""

import ssl
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from services.chassis.settings import SettingsFault
from services.chassis.tokens import TokenSigner
from services.contracts.catalog import Channel
from services.contracts.senders import REPORT_LIFETIME, REPORT_PURPOSE
from services.reminders.channels.accounts import Accounts, OpenAccount
from services.reminders.channels.channel import Provider
from services.reminders.channels.email.dkim import DkimKey, Signers
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.channels.registry import NoSuchProvider, choose
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.delivery.domain.providers import BadWeights, resting_weights
from services.reminders.delivery.traffic.gate import Rates
from services.reminders.settings import ProviderSettings, RemindersSettings, WorkerSettings

PROVIDERS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("twilio", "kannel"),
    Channel.EMAIL: ("smtp",),
}
"""Every provider there is, by channel."""


def providers_of(settings: ProviderSettings) -> dict[Channel, tuple[str, ...]]:
    """The providers in use, first preferred; raises SettingsFault for one that does not exist."""
    listed = {Channel.SMS: settings.sms_providers, Channel.EMAIL: settings.email_providers}
    return {channel: _chosen(channel, names) for channel, names in listed.items()}


def weights_of(settings: ProviderSettings) -> dict[Channel, dict[str, float]]:
    """How each channel's traffic rests with its providers; raises SettingsFault."""
    providers_of(settings)
    listed = {Channel.SMS: settings.sms_providers, Channel.EMAIL: settings.email_providers}
    found = {}
    for channel, names in listed.items():
        try:
            found[channel] = resting_weights(names)
        except BadWeights as fault:
            raise SettingsFault(f"{channel}_PROVIDERS is not usable: {fault}.") from None
    return found


def rates_of(settings: WorkerSettings) -> Rates:
    """Raises SettingsFault."""
    entries = filter(None, map(str.strip, settings.provider_rates.split(",")))
    if settings.clinic_rate < 0:
        raise SettingsFault("CLINIC_RATE is not usable: give messages a second, or 0 for no limit.")
    return Rates(accounts=dict(map(_rate, entries)), clinic=settings.clinic_rate)


def daily_cap_of(settings: RemindersSettings) -> int | None:
    """None for no limit; raises SettingsFault."""
    if settings.daily_cap < 0:
        raise SettingsFault(
            "DAILY_CAP is not usable: give a number of reminders, or 0 for no limit."
        )
    return settings.daily_cap or None


def _rate(entry: str) -> tuple[str, float]:
    provider, _, number = (part.strip() for part in entry.partition("="))
    try:
        rate = float(number)
    except ValueError:
        rate = 0.0
    if rate <= 0 or provider not in sum(PROVIDERS.values(), ()):
        raise SettingsFault(
            f"PROVIDER_RATES is not usable: {entry}. Write provider=messages-a-second."
        )
    return provider, rate


def _chosen(channel: Channel, names: str) -> tuple[str, ...]:
    try:
        return choose(names, PROVIDERS[channel])
    except NoSuchProvider as fault:
        raise SettingsFault(f"{channel}_PROVIDERS is not usable: {fault}") from None


def agreements_of(settings: RemindersSettings) -> dict[str, str]:
    """Data agreements by provider; raises SettingsFault."""
    found = {}
    for entry in filter(None, map(str.strip, settings.data_agreements.split(","))):
        provider, equals, reference = entry.partition("=")
        if not equals or not reference or provider not in sum(PROVIDERS.values(), ()):
            raise SettingsFault(
                f"DATA_AGREEMENTS is not usable: {entry}. Write provider=reference."
            )
        found[provider] = reference
    return found


def open_accounts(settings: WorkerSettings, channel: Channel) -> Accounts:
    """The accounts of the channel's providers; raises SettingsFault when one lacks something."""
    makers = _makers(settings, channel)
    names = providers_of(settings).get(channel, ())
    return Accounts(
        {name: makers[name][0]() for name in names},
        {name: makers[name][1] for name in names},
        secrets_folder(settings),
    )


def callbacks(settings: WorkerSettings) -> Callable[[Channel, str, int, int], str | None]:
    """Where a provider of texts says later what became of an attempt.

    By channel, provider, clinic id and attempt id. Those ids are in the address, and a token
    that only we can have made for them.
    """
    tokens = TokenSigner(settings.secret_key, purpose=REPORT_PURPOSE, lifetime=REPORT_LIFETIME)
    place = f"{settings.public_url.rstrip('/')}/webhooks/sms"

    def callback_url(
        channel: Channel, provider: str, clinic_id: int, attempt_id: int
    ) -> str | None:
        if channel is not Channel.SMS:
            return None
        token = tokens.sign(clinic_id, attempt_id)
        return f"{place}/{provider}/status?clinic={clinic_id}&attempt={attempt_id}&token={token}"

    return callback_url


def secrets_folder(settings: WorkerSettings) -> Path:
    return Path(settings.secrets_folder or Path(settings.afterglow_home) / "sender-secrets")


def _makers(
    settings: WorkerSettings, channel: Channel
) -> dict[str, tuple[Callable[[], Provider], OpenAccount]]:
    """By provider: how the settings' own account is opened, and how a clinic's."""
    if channel is Channel.SMS:
        return {
            "twilio": (partial(_settings_twilio, settings), partial(_twilio, settings)),
            "kannel": (partial(_settings_kannel, settings), partial(_kannel, settings)),
        }
    smtp = partial(_smtp, _signers(settings), _trusted(settings))
    return {"smtp": (partial(_settings_smtp, settings, smtp), smtp)}


def _settings_twilio(settings: WorkerSettings) -> Provider:
    if not settings.twilio_account_sid or not settings.twilio_auth_token:
        raise SettingsFault(
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set: SMS_PROVIDERS names twilio"
        )
    return _twilio(settings, settings.twilio_account_sid, settings.twilio_auth_token)


def _twilio(settings: WorkerSettings, account: str, secret: str) -> Provider:
    return Twilio(api_url=settings.twilio_api_url, account_sid=account, auth_token=secret)


def _settings_kannel(settings: WorkerSettings) -> Provider:
    if not settings.kannel_sendsms_url or not settings.kannel_username:
        raise SettingsFault(
            "KANNEL_SENDSMS_URL and KANNEL_USERNAME are not set: SMS_PROVIDERS names kannel"
        )
    return _kannel(settings, settings.kannel_username, settings.kannel_password)


def _kannel(settings: WorkerSettings, account: str, secret: str) -> Provider:
    return Kannel(sendsms_url=settings.kannel_sendsms_url, username=account, password=secret)


def _settings_smtp(settings: WorkerSettings, opened: OpenAccount) -> Provider:
    try:
        return opened("", settings.smtp_url)
    except ValueError as fault:
        raise SettingsFault(f"SMTP_URL is not usable: {fault}") from None


def _smtp(signers: Signers, tls: ssl.SSLContext, _account: str, secret: str) -> Provider:
    """The secret of an SMTP account is its whole URL."""
    return Smtp(secret, signers=signers, tls=tls)


def _trusted(settings: WorkerSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.smtp_ca_file or None)
    except OSError as fault:  # ssl.SSLError too
        raise SettingsFault(f"SMTP_CA_FILE is not usable: {fault.strerror or fault}") from None


def _signers(settings: WorkerSettings) -> Signers:
    keys: dict[str, DkimKey] = {}
    for entry in filter(None, map(str.strip, settings.dkim_keys.split(","))):
        try:
            domain, selector, file = entry.split(":")
            pem = (secrets_folder(settings) / file).read_bytes()
            keys[domain] = DkimKey(domain, selector, pem)
        except (OSError, ValueError) as fault:
            said = fault.strerror if isinstance(fault, OSError) else fault
            raise SettingsFault(
                f"DKIM_KEYS is not usable: {entry}: {said}. Write domain:selector:file."
            ) from None
    return Signers(keys)
