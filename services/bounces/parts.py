"""Takes a mail apart: a flat list of its parts, decoded.

The standard library's parser recurses once per level, keeps each blank line of a report as a mail
of its own and takes any number of parts. Anybody can send us mail, so this module splits the body
itself, within limits, and leaves the headers to the standard library. It raises nothing.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value
from html import unescape
from itertools import islice
from typing import Final

import msgspec

MOST_BYTES: Final = 1_000_000
"""Of a mail; reports stand before the mail that they return."""
MOST_PARTS: Final = 100
DEEPEST: Final = 10
MOST_OF_A_PART: Final = 200_000
MOST_OF_HEADERS: Final = 100_000
LONGEST_VALUE: Final = 4_000

RETURNED_HEADERS: Final = frozenset({"text/rfc822-headers", "text/rfc822-header", "text/headers"})
"""RFC 3462 names the first; some servers write the second."""
MAIL: Final = frozenset({"message/rfc822", "message/global", "message/partial"})
_HEADERS: Final = BytesHeaderParser(policy=compat32)
_BLANK: Final = re.compile(rb"\n[ \t]*\n")
_MAILBOX_LINE: Final = re.compile(rb"^>?From [^\n]*\n")
_STYLES: Final = re.compile(r"<(style|script)\b", re.IGNORECASE)
_TAGS: Final = re.compile(r"<(?!\S{1,250}@)[^<>]{0,2000}>")
_BREAKS: Final = re.compile(r"<(?:br|p|div|tr|li|td)\b[^<>]{0,500}>", re.IGNORECASE)
_SLOW_OR_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)


class Part(msgspec.Struct, frozen=True):
    """One part. `headers` are its own, or those of a mail inside; `text` is decoded.

    `depth` counts the mails around it: 0 is the mail that came, 1 the mail that it returns. `raw`
    is the content where `text` may lack some of it: pages, other files, charsets named wrongly.
    """

    content_type: str
    headers: Message
    text: str
    depth: int
    raw: bytes = b""

    @property
    def is_mail(self) -> bool:
        return self.content_type in MAIL or self.content_type in RETURNED_HEADERS

    def header(self, name: str) -> str:
        """The value in one line, or an empty text."""
        return header(self.headers, name)


def header(headers: Message, name: str) -> str:
    """The value in one line, with its encoded words decoded (RFC 2047), or an empty text."""
    fields = (value for key, value in headers.raw_items() if key.lower() == name.lower())
    raw = str(next(fields, ""))[:LONGEST_VALUE].encode("utf-8", "surrogateescape")
    value = " ".join(_decode(raw, "utf-8").split())
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    decoded = (_piece(text, charset) for text, charset in pieces)
    return " ".join("".join(decoded).split())


def _piece(text: bytes | str, charset: str | None) -> str:
    return text if isinstance(text, str) else _decode(text, charset or "utf-8")


def parameter(headers: Message, name: str) -> str:
    """A parameter of the Content-Type, or an empty text."""
    try:
        value = headers.get_param(name, "")
    except Exception:  # noqa: BLE001 - the library fails in many ways on fields made to harm
        return ""
    return collapse_rfc2231_value(value) if value else ""


def take_apart(raw: bytes) -> list[Part]:
    """Return the parts in order; the first is the mail itself, with its headers as text."""
    plain = raw[:MOST_BYTES].replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    mail = _MAILBOX_LINE.sub(b"", plain.lstrip(b"\n"), count=1)
    return list(islice(_mail(mail, "message/rfc822", 0, 0), MOST_PARTS))


def _mail(raw: bytes, content_type: str, depth: int, level: int) -> Iterator[Part]:
    head, body = _split(raw)
    headers = _parse(head)
    yield Part(content_type, headers, _decode(head, "utf-8"), depth)
    yield from _entity(headers, body, depth, level)


def _entity(headers: Message, body: bytes, depth: int, level: int) -> Iterator[Part]:
    kind = headers.get_content_type()
    if level >= DEEPEST:
        yield Part("text/plain", headers, _decode(body[:MOST_OF_A_PART], "utf-8"), depth)
        return
    boundary = parameter(headers, "boundary").rstrip() if kind.startswith("multipart/") else ""
    if boundary:
        yield from _multipart(body, boundary, depth, level)
        return
    body = _undo_transfer(headers, body)
    if kind in MAIL:
        yield from _mail(body.lstrip(b"\n"), kind, depth + 1, level + 1)
    elif kind in RETURNED_HEADERS:
        head = body.lstrip(b"\n")
        yield Part(kind, _parse(head), _decode(head[:MOST_OF_A_PART], "utf-8"), depth + 1)
    else:
        yield _leaf(headers, kind, body[:MOST_OF_A_PART], depth)


def _multipart(body: bytes, boundary: str, depth: int, level: int) -> Iterator[Part]:
    line = re.compile(
        rb"(?:^|\n)--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(?:--)?[ \t]*(?=\n|$)"
    )
    starts = [match.span() for match in islice(line.finditer(body), MOST_PARTS + 1)]
    if not starts:
        yield Part("text/plain", Message(), _decode(body[:MOST_OF_A_PART], "utf-8"), depth)
        return
    preamble = body[: starts[0][0]].strip()
    if preamble:
        yield Part("text/preamble", Message(), _decode(preamble[:MOST_OF_A_PART], "utf-8"), depth)
    ends = [start for start, _ in starts[1:]] + [len(body)]
    for (_, start), end in zip(starts, ends, strict=True):
        inner = body[start:end]
        if inner.strip():
            yield from _part(inner.removeprefix(b"\n"), depth, level)


def _part(raw: bytes, depth: int, level: int) -> Iterator[Part]:
    """Some servers return a mail as a part without saying that it is one."""
    head, content = _split(raw)
    headers = _parse(head)
    if "Message-ID" in headers or "Received" in headers:
        yield from _mail(raw, "message/rfc822", depth + 1, level + 1)
    else:
        yield from _entity(headers, content, depth, level + 1)


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Return headers and body. A part that starts with a blank line has no headers."""
    if raw.startswith(b"\n"):
        return b"", raw
    blank = _BLANK.search(raw)
    return (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")


def _parse(head: bytes) -> Message:
    headers = _HEADERS.parsebytes(head[:MOST_OF_HEADERS])
    kind = str(headers.get("Content-Type", ""))
    if len(kind) > LONGEST_VALUE:
        headers.replace_header("Content-Type", kind[:LONGEST_VALUE])
    return headers


def _undo_transfer(headers: Message, body: bytes) -> bytes:
    coding = str(headers.get("Content-Transfer-Encoding", ""))[:100].strip().lower()
    if coding.startswith("quoted-printable"):
        return quopri.decodestring(body)
    if coding.startswith("base64"):
        return _from_base64(body)
    return body


def _from_base64(body: bytes) -> bytes:
    """Decode what is there, as mail programs do; return it unchanged if nothing is."""
    symbols = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    try:
        return base64.b64decode(symbols + b"=" * (-len(symbols) % 4)) or body
    except binascii.Error:
        return body


def _leaf(headers: Message, kind: str, body: bytes, depth: int) -> Part:
    if not kind.startswith(("text/", "message/")) and kind != "application/json":
        return Part(kind, headers, "", depth, body)
    charset = parameter(headers, "charset").lower() or "utf-8"
    text = _decode(body, charset)
    if kind == "text/html":
        return Part(kind, headers, without_tags(text), depth, body)
    is_wide = charset.startswith("utf-") and charset != "utf-8"
    return Part(kind, headers, text, depth, body if is_wide else b"")


def without_tags(html: str) -> str:
    """The words of a page; addresses in angle brackets stay."""
    kept, rest = [], html
    while match := _STYLES.search(rest):
        kept.append(rest[: match.start()])
        rest = rest[match.end() :].partition("</" + match[1])[2]
    return unescape(_TAGS.sub(" ", _BREAKS.sub("\n", "".join(kept) + rest)))


def _decode(raw: bytes, charset: str) -> str:
    """Decode as named; if that fails, as UTF-8, else byte by byte."""
    for name in (charset, "utf-8"):
        try:
            codec = codecs.lookup(name)
            if codec.name not in _SLOW_OR_NO_CHARSETS:
                return raw.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    guess = raw.decode("utf-8", "replace")
    few = guess.count("\ufffd") * 20 < len(guess)
    return guess if few else raw.decode("latin-1")
