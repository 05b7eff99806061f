from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.chassis.settings import Secret, SettingsFault
from services.contracts.catalog import Channel
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.core.senders import Account
from services.reminders.provider_wiring import open_accounts
from services.reminders.rendering.links import SignedLinks
from services.reminders.setting_values import agreements_of, providers_of
from services.reminders.settings import WorkerSettings


def settings(home: Path, **changes: Any) -> WorkerSettings:
    values: dict[str, Any] = {
        "afterglow_home": str(home),
        "database_url": Secret(""),
        "redis_url": Secret(""),
        "data_keys": Secret(""),
        "index_keys": Secret(""),
        "secret_key": Secret("s" * 32),
        "sms_providers": "twilio, kannel",
        "twilio_account_sid": "AC1",
        "twilio_auth_token": Secret("token"),
        "kannel_sendsms_url": "http://kannel:13013/cgi-bin/sendsms",
        "kannel_username": "clinic",
        "smtp_url": Secret("smtp://127.0.0.1:2525"),
    }
    return WorkerSettings(**(values | changes))


def test_providers_are_in_the_order_that_is_preferred(tmp_path: Path) -> None:
    assert providers_of(settings(tmp_path)) == {
        Channel.SMS: ("twilio", "kannel"),
        Channel.EMAIL: ("smtp",),
    }


def test_each_provider_has_the_settings_account(tmp_path: Path) -> None:
    texts = open_accounts(settings(tmp_path), Channel.SMS)
    mail = open_accounts(settings(tmp_path), Channel.EMAIL)

    assert isinstance(texts.of("twilio", None), Twilio)
    assert isinstance(texts.of("kannel", None), Kannel)
    assert isinstance(mail.of("smtp", None), Smtp)


@pytest.mark.parametrize(
    ("channel", "provider", "secret", "kind"),
    [
        (Channel.SMS, "twilio", "token", Twilio),
        (Channel.SMS, "kannel", "password", Kannel),
        (Channel.EMAIL, "smtp", "smtps://user:pass@mail.example", Smtp),
    ],
)
def test_a_clinics_account_is_opened_with_its_secret(
    tmp_path: Path, channel: Channel, provider: str, secret: str, kind: type
) -> None:
    (tmp_path / "sender-secrets").mkdir()
    (tmp_path / "sender-secrets" / "own").write_text(secret)

    opened = open_accounts(settings(tmp_path), channel).of(provider, Account("own", "own"))

    assert isinstance(opened, kind)


@pytest.mark.parametrize(
    ("channel", "changes", "names"),
    [
        (Channel.SMS, {"sms_providers": "twilio,pigeon"}, "SMS_PROVIDERS .*pigeon.*twilio, kannel"),
        (Channel.EMAIL, {"email_providers": "twilio"}, "EMAIL_PROVIDERS"),
        (Channel.SMS, {"twilio_auth_token": Secret("")}, "TWILIO_AUTH_TOKEN"),
        (Channel.SMS, {"kannel_username": ""}, "KANNEL_USERNAME"),
        (Channel.EMAIL, {"smtp_url": Secret("mail.example")}, r"SMTP_URL .*smtp\[s\]://"),
        (Channel.EMAIL, {"smtp_url": Secret("smtp://u:p@h?starttls=never")}, "never sent without"),
        (Channel.EMAIL, {"smtp_ca_file": "/nowhere"}, "SMTP_CA_FILE .*No such file"),
        (Channel.EMAIL, {"dkim_keys": "clinic.example"}, "DKIM_KEYS .*domain:selector:file"),
        (Channel.EMAIL, {"dkim_keys": "clinic.example:s:nowhere"}, "DKIM_KEYS .*No such file"),
    ],
)
def test_what_is_missing_stops_the_worker_by_its_name(
    tmp_path: Path, channel: Channel, changes: dict[str, Any], names: str
) -> None:
    with pytest.raises(SettingsFault, match=names):
        open_accounts(settings(tmp_path, **changes), channel)


def test_a_domains_key_is_read_from_the_secrets_folder(tmp_path: Path) -> None:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "dkim.pem").write_bytes(pem)
    worker = settings(
        tmp_path, secrets_folder=str(tmp_path), dkim_keys="clinic.example:afterglow:dkim.pem"
    )

    assert isinstance(open_accounts(worker, Channel.EMAIL).of("smtp", None), Smtp)


def test_agreements_are_read_by_provider(tmp_path: Path) -> None:
    worker = settings(tmp_path, data_agreements="twilio=BAA-1, smtp=BAA-2")

    assert agreements_of(worker) == {"twilio": "BAA-1", "smtp": "BAA-2"}


@pytest.mark.parametrize("text", ["twilio", "pigeon=BAA-1", "twilio="])
def test_an_agreement_without_provider_or_reference_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsFault, match="provider=reference"):
        agreements_of(settings(tmp_path, data_agreements=text))


def test_only_providers_of_texts_are_called_back_about_attempts() -> None:
    links = SignedLinks("https://clinic.example/", "a secret of tests")

    texts = links.report_url(Channel.SMS, "kannel", 3, 77) or ""

    start = "https://clinic.example/webhooks/sms/kannel/status?clinic=3&attempt=77&token="
    assert texts.startswith(start)
    assert links.report_url(Channel.EMAIL, "smtp", 3, 77) is None
