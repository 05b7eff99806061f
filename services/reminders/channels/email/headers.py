"""Writes the headers of a mail.

`email.message` writes none of them: in Python 3.11 it folds a long name so that its comma separates
two addresses, writes long identifiers as encoded words, and loses spaces between such words.
"""

import re
from collections.abc import Sequence
from email.charset import Charset
from email.header import Header
from itertools import groupby
from typing import Final

from services.reminders.core.mailboxes import is_encoded

_WIDTH: Final = 76
_LONGEST_LINE: Final = 998  # RFC 5322 §2.1.1
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE: Final = re.compile(r"[!#-\[\]-~]+")  # printable ASCII without “"” and “\”
_UTF_8: Final = Charset("utf-8")
_LEAST: Final = " "
_LONGEST_NAME: Final = 200


def plain_line(name: str, value: str) -> bytes:
    """A header whose value is ours, on one line. Raises ValueError for what would break it."""
    line = f"{name}: {value}"
    if not value.isprintable() or len(line.encode()) > _LONGEST_LINE:
        raise ValueError(f"{name} does not fit on one line")
    return line.encode() + b"\r\n"


def text_line(name: str, text: str) -> bytes:
    """A header whose value people read. Raises ValueError if it holds a control character."""
    if any(character < _LEAST or character == "\x7f" for character in text):
        raise ValueError(f"{name} holds a control character")
    is_plain = text.isascii() and not is_encoded(text) and text == text.strip()
    if is_plain and len(name) + 2 + len(text) <= _WIDTH:
        return plain_line(name, text)
    encoded = Header(text, _UTF_8, _WIDTH - 1, name).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n".encode("ascii")


def mailbox_line(header: str, name: str, address: str) -> bytes:
    """A header with exactly one address, whatever the display name holds."""
    if not name:
        return plain_line(header, address)
    return _folded(header, [*_words(name[:_LONGEST_NAME]), f"<{address}>"]).encode()


def _words(name: str) -> list[str]:
    """The words of a display name (RFC 5322 §3.2.5), in each the letters that belong together.

    Words in ASCII stand as they are or in quotes, and each run of others is one encoded word. Two
    encoded words are never neighbors, because Python reads a space between them that others drop.
    A run of more than about 45 bytes is therefore longer than the 75 characters of RFC 2047, which
    mail programs do not mind.
    """
    runs = groupby(name.split(" "), key=_must_be_encoded)
    return [
        _encoded_word(" ".join(words)) if must else _quoted(" ".join(words)) for must, words in runs
    ]


def _must_be_encoded(word: str) -> bool:
    return not _QUOTABLE.fullmatch(word) or "=?" in word


def _quoted(text: str) -> str:
    return text if _ATOMS.fullmatch(text) else f'"{text}"'


def _encoded_word(text: str) -> str:
    """Base64, or quoted-printable where that is shorter."""
    return _UTF_8.header_encode(text)


def _folded(header: str, words: Sequence[str]) -> str:
    """The words on lines of 76 characters; a longer word has a line of its own."""
    lines = [f"{header}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1] != f"{header}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"
