"""Reads the settings whose text has a form of its own. Each function raises SettingsFault."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from services.chassis.settings import Settings, SettingsFault
from services.contracts.catalog import Channel
from services.reminders.addresses.phone_numbers import NotAnAddress, read_phone
from services.reminders.addresses.reader import NotADomain, read_domain, read_email
from services.reminders.check_ins.usecases.alert_staff import OperatorAddress
from services.reminders.core.mailboxes import Mailbox, read_mailbox
from services.reminders.core.senders import Sender
from services.reminders.delivery.domain.providers import BadWeights, resting_weights
from services.reminders.delivery.traffic.provider_limiter import Rates
from services.reminders.settings import (
    DispatcherSettings,
    ProviderSettings,
    RemindersSettings,
    WorkerSettings,
)

PROVIDERS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("twilio", "kannel"),
    Channel.EMAIL: ("smtp",),
}
"""Every provider there is, by channel."""


def providers_of(settings: ProviderSettings) -> dict[Channel, tuple[str, ...]]:
    """Read the providers in use, the preferred one first."""
    return {channel: _names(channel, listed) for channel, listed in _listed(settings).items()}


def weights_of(settings: ProviderSettings) -> dict[Channel, dict[str, float]]:
    """Read each channel's resting weights by provider."""
    providers_of(settings)
    weights = {}
    for channel, listed in _listed(settings).items():
        try:
            weights[channel] = resting_weights(listed)
        except BadWeights as fault:
            raise SettingsFault(f"{channel}_PROVIDERS is not usable: {fault}.") from None
    return weights


def rates_of(settings: WorkerSettings) -> Rates:
    if settings.clinic_rate < 0:
        raise SettingsFault("CLINIC_RATE is not usable: give messages a second, or 0 for no limit.")
    return Rates(
        accounts=dict(map(_rate, _entries(settings.provider_rates))), clinic=settings.clinic_rate
    )


def daily_cap_of(settings: RemindersSettings) -> int | None:
    """Read how many reminders a patient, channel and day; None for no limit."""
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


def agreements_of(settings: RemindersSettings) -> dict[str, str]:
    """Read the data agreements by provider."""
    agreements = {}
    for entry in _entries(settings.data_agreements):
        provider, equals, reference = entry.partition("=")
        if not equals or not reference or provider not in sum(PROVIDERS.values(), ()):
            raise SettingsFault(
                f"DATA_AGREEMENTS is not usable: {entry}. Write provider=reference."
            )
        agreements[provider] = reference
    return agreements


def bounce_domain_of(settings: RemindersSettings) -> str | None:
    """Read the domain that bounces come back to, in ASCII; None if there is none."""
    if not settings.email_bounce_domain:
        return None
    try:
        return read_domain(settings.email_bounce_domain)
    except NotADomain as fault:
        raise SettingsFault(f"EMAIL_BOUNCE_DOMAIN is not usable: {fault}.") from None


def first_senders(settings: RemindersSettings) -> list[Sender]:
    """The senders of a new clinic: one for each provider that the settings give an address for."""
    addresses = {
        "twilio": settings.twilio_from,
        "kannel": settings.kannel_from,
        "smtp": _email_from(settings),
    }
    agreements, bounce_domain = agreements_of(settings), bounce_domain_of(settings)
    return [
        Sender(
            channel=channel,
            provider=provider,
            address=addresses[provider],
            data_agreement=agreements.get(provider),
            postal_address=settings.postal_address or None,
            bounce_domain=bounce_domain if channel is Channel.EMAIL else None,
        )
        for channel, providers in providers_of(settings).items()
        for provider in providers
        if addresses.get(provider)
    ]


def _email_from(settings: RemindersSettings) -> str:
    mailbox = read_mailbox(settings.email_from)
    if not mailbox.address:
        return ""
    try:
        return Mailbox(mailbox.name, read_email(mailbox.address)).written()
    except NotAnAddress as fault:
        raise SettingsFault(f"EMAIL_FROM is not usable: {fault}.") from None


def operators_of(settings: DispatcherSettings) -> tuple[OperatorAddress, ...]:
    """Read whom OPERATOR_ALERT names. Raises SettingsFault."""
    operators = []
    for written in _entries(settings.operator_alert):
        try:
            if "@" in written:
                operators.append(OperatorAddress(Channel.EMAIL, read_email(written)))
            else:
                operators.append(OperatorAddress(Channel.SMS, read_phone(written, country="ZZ")))
        except NotAnAddress as fault:
            raise SettingsFault(
                [f"OPERATOR_ALERT: one of its addresses cannot be read; {fault}"]
            ) from None
    return tuple(operators)


def _listed(settings: ProviderSettings) -> dict[Channel, str]:
    return {Channel.SMS: settings.sms_providers, Channel.EMAIL: settings.email_providers}


def _names(channel: Channel, listed: str) -> tuple[str, ...]:
    """Read the names of a list, whose entries may have a weight as well."""
    available = PROVIDERS[channel]
    names = tuple(entry.partition("=")[0].strip() for entry in _entries(listed))
    for name in names:
        if name not in available:
            raise SettingsFault(
                f"{channel}_PROVIDERS is not usable: there is no provider {name!r};"
                f" choose from {', '.join(available)}"
            )
    return names


def _entries(listed: str) -> Iterator[str]:
    return filter(None, map(str.strip, listed.split(",")))


def journal_folder(settings: Settings) -> Path:
    return Path(settings.afterglow_home) / "journal"


def words_of(text: str) -> tuple[str, ...]:
    """Words or phrases that are separated by commas."""
    return tuple(word for part in text.split(",") if (word := part.strip()))
