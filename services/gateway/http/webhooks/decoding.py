"""Decodes what providers send, in the charset that they name, without losing a byte."""

import codecs
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from flask import g, request

_MOST_FIELDS: Final = 1_000
_FORM: Final = "application/x-www-form-urlencoded"

_ALIASES: Final = {"ucs-2": "utf-16", "ucs2": "utf-16", "iso-10646-ucs-2": "utf-16"}
_NOT_CHARSETS: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
"""Python's codecs that are no character sets of messages."""

_LATIN: Final = frozenset({"iso8859-1", "ascii"})
_WIDE: Final = ("utf-16", "utf-32")


def decode(raw: bytes, charset: str = "") -> str:
    """Decode a text in the charset that its sender names.

    If the charset is unknown, or the bytes are not of it, the text is read as UTF-8, then as
    WINDOWS-1252, then as ISO-8859-1, in which all bytes are characters. Nothing is replaced.
    """
    codec = _codec(charset, raw) if charset else "utf-8"
    if codec.startswith(_WIDE):
        return raw.decode(codec, "backslashreplace").removeprefix("\ufeff")
    for candidate in _candidates(codec):
        try:
            return raw.decode(candidate).removeprefix("\ufeff")
        except UnicodeError:  # the next one may fit
            continue
    return raw.decode("latin-1")


def named_charset() -> str:
    """The charset that the request's Content-Type names; empty if none."""
    return request.mimetype_params.get("charset", "")


def json_body() -> bytes:
    """The body in UTF-8, which JSON is read in."""
    raw = request.get_data()
    return decode(raw, named_charset()).encode() if named_charset() else raw


def form_fields() -> Mapping[str, list[str]]:
    """The fields of the form in the body, decoded in the charset of its Content-Type."""
    if "form_fields" not in g:
        g.form_fields = _form_fields()
    fields: Mapping[str, list[str]] = g.form_fields
    return fields


def byte_fields(raw: bytes) -> dict[str, str]:
    """Read a query or form with each byte of a value as one character, for `decode` later."""
    text = raw.decode("latin-1")
    return dict(
        parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS)
    )


def _form_fields() -> Mapping[str, list[str]]:
    if request.mimetype != _FORM:
        return dict(request.form.lists())
    charset = named_charset()
    text = request.get_data().decode("latin-1")
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        text, keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS
    ):
        key = decode(name.encode("latin-1"))
        fields.setdefault(key, []).append(decode(value.encode("latin-1"), charset))
    return fields


def _candidates(codec: str) -> Iterator[str]:
    """ISO-8859-1 is read as WINDOWS-1252, as browsers do: they differ in control characters."""
    if codec not in _LATIN:
        yield codec
    if codec != "iso8859-1":
        yield "utf-8"
    yield "cp1252"


def _codec(charset: str, raw: bytes) -> str:
    """The name of Python's codec; UTF-8 for an unknown charset."""
    name = charset.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_ALIASES.get(name, name))
        "a".encode(info.name)  # refuses codecs that are not of text
    except (LookupError, ValueError):
        return "utf-8"
    if info.name.replace("-", "_") in _NOT_CHARSETS:
        return "utf-8"
    return _with_byte_order(info.name, raw) if info.name.startswith(_WIDE) else info.name


def _with_byte_order(codec: str, raw: bytes) -> str:
    """A mark at the start tells the byte order; without one it is big-endian (RFC 2781 §4.3)."""
    family, _, order = codec.rpartition("-") if codec.count("-") > 1 else (codec, "", "")
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
    if raw.startswith(marks):
        return family
    return f"{family}-{order or 'be'}"
