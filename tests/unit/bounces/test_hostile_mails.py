"""Anybody may send anything: reading it takes bounded time and memory and raises nothing."""

import re
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bounces.reader import read_mail
from services.bounces.readings import LONGEST_TEXT, MailReading

SECONDS = 5.0  # many times what it takes, for machines that are busy
MEGABYTES = 120

HEAD = b"From: MAILER-DAEMON@mx.example.net\nTo: b@clinic.example\nSubject: failure notice\n"


def nested_parts() -> bytes:
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
    )
    return HEAD + b"".join(levels) + b"\ntext"


def typed(kind: bytes, body: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\n\n" + body


HOSTILE: dict[str, Callable[[], bytes]] = {
    "parts in parts": nested_parts,
    "mails in mails": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 20_000,
    "ten megabytes": lambda: HEAD + b"\n" + b"550 5.1.1 no such user <pat@x.example>\n" * 260_000,
    "one long line": lambda: HEAD + b"\n" + b"a@" * 5_000_000,
    "many headers": lambda: HEAD + b"Received: x\n" * 800_000,
    "one long header": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\n\nhi",
    "parameters out of order": lambda: typed(b"multipart/mixed; a=b; a*0=c; a*=d", b"x"),
    "many parameters": lambda: typed(b"multipart/mixed; " + b"a*0=b; " * 130_000, b"x"),
    "many parts": lambda: typed(b"multipart/mixed; boundary=x", b"--x\n\nhi\n" * 120_000),
    "many blank lines": lambda: typed(b"message/delivery-status", b"\n" * 1_000_000),
    "many blocks": lambda: typed(
        b"message/delivery-status", b"Final-Recipient: rfc822;a@b.c\nAction: failed\n\n" * 20_000
    ),
    "open angles": lambda: typed(b"text/html", b"<" * 1_000_000),
    "open styles": lambda: typed(b"text/html", b"<style>" * 140_000),
    "NULs": lambda: bytes(1_000_000),
    "NULs between": lambda: HEAD.replace(b"i", b"i\0") + b"\n\0no such user\0",
    "no lines at all": lambda: bytes(range(256)) * 4_000,
    "a charset of another kind": lambda: typed(b"text/plain; charset=punycode", b"a-b9" * 200_000),
    "a charset that is none": lambda: typed(b"text/plain; charset=\xff\xfe", b"\xe4\xf6\xfc"),
    "a wrong charset": lambda: typed(b"text/plain; charset=utf-16", b"550 no such user"),
    "no boundary": lambda: typed(b"multipart/report; report-type=delivery-status", b"--x\n\nhi"),
    "a boundary that never comes": lambda: typed(b"multipart/mixed; boundary=x", b"hi"),
    "an empty boundary": lambda: typed(b"multipart/mixed; boundary=", b"--\n--\n--"),
    "deep JSON": lambda: HEAD + b"\n" + b'{"bounce":' * 100_000,
    "wrong JSON": lambda: HEAD + b'\n{"bounce":[1],"complaint":7}',
    "no headers": lambda: b"\n\n\n",
    "nothing": lambda: b"",
}


def read(raw: bytes) -> MailReading[str]:
    return read_mail(raw, lambda _text: None)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    raw = HOSTILE[name]()
    started = time.perf_counter()
    reading = read(raw)

    assert time.perf_counter() - started < SECONDS
    assert len(reading.text) <= LONGEST_TEXT


@pytest.mark.parametrize("piece", [b"a", b"ab-", b"aaaa.", b"a.b.", b"YWJj" * 19 + b"\n"])
def test_a_finder_that_is_slow_on_long_words_gets_none(piece: bytes) -> None:
    tokens = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+@")
    raw = HEAD + b"\n" + piece * (1_000_000 // len(piece))
    started = time.perf_counter()

    assert read_mail(raw, lambda text: tokens.search(text) and text).claims is None
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize("name", ["ten megabytes", "many blank lines", "many headers"])
def test_a_hostile_mail_is_read_in_bounded_memory(name: str) -> None:
    raw = HOSTILE[name]()
    tracemalloc.start()
    try:
        read(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < MEGABYTES * 1_000_000


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert read(HEAD + raw).kind


@settings(max_examples=30)
@given(st.text(max_size=300), st.sampled_from(["message/delivery-status", "text/html", "x"]))
def test_any_text_is_read_as_any_type(body: str, kind: str) -> None:
    assert read(typed(kind.encode(), body.encode("utf-8", "replace"))).kind
