"""The mail listener as a process of its own, with the database behind it."""

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.incoming import RecordReceipt, RecordUnreadMail
from services.gateway.intake.items import IntakePayload
from services.gateway.storage.intake import StoredIntake
from services.gateway.storage.tables import intake
from services.launcher.ports import keep_or_choose
from services.reminders.rendering.links import SignedLinks
from tests.support.waiting import eventually

SECRET = "s" * 32
REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; pat@example.org
Action: failed
Status: 5.1.1

--b--
"""
_MAIN = "import os, sys; from services.gateway.mail_serve import main; sys.exit(main(os.environ))"
RETURN_PATH = SignedLinks("http://x", SECRET).return_path(3, 77, "bounces.clinic.example") or ""


class Running:
    def __init__(self, process: "subprocess.Popen[str]", smtp: int, health: int) -> None:
        self.process = process
        self.smtp = smtp
        self._health = health

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self._health}{path}", timeout=5
            ) as page:
                return page.status, json.load(page)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def is_alive(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def send(self, mail: str, to: str = RETURN_PATH) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as client:
            client.sendmail("", [to], mail)


def launch(environ: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", _MAIN],
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(environ: Mapping[str, str]) -> Iterator[Running]:
    smtp, health = keep_or_choose(None), keep_or_choose(None)
    binds = {"MAIL_BIND": f"127.0.0.1:{smtp}", "MAIL_HEALTH_BIND": f"127.0.0.1:{health}"}
    process = launch({**environ, **binds})
    listener = Running(process, smtp, health)
    try:
        eventually(listener.is_alive)
        yield listener
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def payloads(engine: sa.Engine, vault: Vault) -> list[IntakePayload]:
    with StoredIntake(engine, vault).claim(10) as claimed:
        return [item.payload for item in claimed.items]


def test_mail_is_stored_sealed_and_ready_to_be_passed_on(
    gateway_environment: dict[str, str], engine: sa.Engine, vault: Vault
) -> None:
    with running(gateway_environment) as listener:
        listener.send(REPORT)
        listener.send("From: pat@example.org\nSubject: Hello\n\nWhat is this?\n")
        assert listener.get("/readyz") == (200, {"status": "ready", "reasons": {}})
        counters = listener.get("/counters")[1]
        listener.process.send_signal(signal.SIGTERM)
        assert listener.process.wait(10) == 0

    receipt, unread = payloads(engine, vault)
    assert isinstance(receipt, RecordReceipt)
    assert isinstance(unread, RecordUnreadMail)
    assert (receipt.clinic_id, receipt.attempt_id, receipt.code) == (3, 77, "5.1.1")
    assert (counters["mails_taken"], counters["replies"]["354"]) == (2, 2)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(intake.c.payload_sealed)).scalars().all()
    assert not any(b"pat@" in row for row in rows)


def test_mail_stays_with_its_sender_while_the_database_is_away(
    gateway_environment: dict[str, str],
) -> None:
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    with running(gateway_environment | away) as listener:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            listener.send(REPORT)
        assert refused.value.smtp_code == 451
        assert listener.get("/readyz")[0] == 503


def test_an_address_of_another_secret_is_refused(gateway_environment: dict[str, str]) -> None:
    with running(gateway_environment | {"SECRET_KEY": "t" * 32}) as listener:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            listener.send(REPORT)
        assert refused.value.recipients[RETURN_PATH][0] == 550


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("MAIL_TLS_CERT_FILE", "/no/such/file"),
        ("MAIL_LARGEST", "many"),
        ("MAIL_BIND", "nowhere"),
        ("DATA_KEYS", "x"),
    ],
)
def test_a_bad_setting_stops_it_with_its_name(
    gateway_environment: dict[str, str], setting: str, value: str
) -> None:
    process = launch(gateway_environment | {setting: value})

    stderr = process.communicate(timeout=20)[1]
    assert (process.returncode, setting in stderr or "key" in stderr) == (2, True)


def test_a_port_in_use_is_named(gateway_environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        process = launch(gateway_environment | {"MAIL_BIND": bind})
        stderr = process.communicate(timeout=20)[1]

    assert (process.returncode, f"cannot listen on {bind}" in stderr) == (2, True)
