"""Opens the accounts of providers: the only module that knows every provider."""

import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.chassis.settings import SettingsFault
from services.contracts.catalog import Channel
from services.reminders.channels.channel import Provider
from services.reminders.channels.email.dkim import DkimKey, Signers
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.channels.provider_dispatcher import Accounts, OpenAccount
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.setting_values import providers_of
from services.reminders.settings import WorkerSettings


def open_accounts(settings: WorkerSettings, channel: Channel) -> Accounts:
    """Open the accounts of the channel's providers. Raises SettingsFault if one lacks something."""
    makers = _makers(settings, channel)
    names = providers_of(settings).get(channel, ())
    return Accounts(
        {name: makers[name][0]() for name in names},
        {name: makers[name][1] for name in names},
        secrets_folder(settings),
    )


def secrets_folder(settings: WorkerSettings) -> Path:
    return Path(settings.secrets_folder or Path(settings.afterglow_home) / "sender-secrets")


def _makers(
    settings: WorkerSettings, channel: Channel
) -> dict[str, tuple[Callable[[], Provider], OpenAccount]]:
    """By provider: what opens the settings' own account, and what opens a clinic's."""
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
            reason = fault.strerror if isinstance(fault, OSError) else fault
            raise SettingsFault(
                f"DKIM_KEYS is not usable: {entry}: {reason}. Write domain:selector:file."
            ) from None
    return Signers(keys)
