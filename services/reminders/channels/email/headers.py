"""Writes the headers of a mail.

`email.message` writes none of them: in Python 3.11 it folds a long name so that its comma separates
two addresses, writes long identifiers as encoded words, and loses spaces between such words.
"""

import re
from email.header import Header
from typing import Final

from services.reminders.core.mailboxes import is_encoded

_WIDTH: Final = 76
_LONGEST_LINE: Final = 998  # RFC 5322 §2.1.1
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE: Final = re.compile(r"(?!.*  )[ !#-\[\]-~]+")  # printable ASCII without “"” and “\”
_LEAST: Final = " "


def plain_line(name: str, value: str) -> bytes:
    """A header whose value is ours, on one line. Raises ValueError for what would break it."""
    line = f"{name}: {value}"
    if not value.isprintable() or len(line.encode()) > _LONGEST_LINE:
        raise ValueError(f"{name} does not fit on one line")
    return line.encode() + b"\r\n"


def text_line(name: str, text: str) -> bytes:
    """A header whose value people read. Raises ValueError if it holds a control character."""
    if any(letter < _LEAST or letter == "\x7f" for letter in text):
        raise ValueError(f"{name} holds a control character")
    is_plain = text.isascii() and not is_encoded(text) and text == text.strip()
    if is_plain and len(name) + 2 + len(text) <= _WIDTH:
        return plain_line(name, text)
    return f"{name}: {_encoded(name, text)}\r\n".encode("ascii")


def mailbox_line(header: str, name: str, address: str) -> bytes:
    """A header with exactly one address, whatever the display name holds."""
    if not name:
        return plain_line(header, address)
    shown = _phrase(header, name)
    gap = " " if len(header) + len(shown) + len(address) + 5 <= _WIDTH else "\r\n "
    return f"{header}: {shown}{gap}<{address}>\r\n".encode()


def _phrase(header: str, name: str) -> str:
    """A display name: as it is, in quotes, or encoded if mail programs would read it otherwise."""
    if len(header) + 4 + len(name) <= _WIDTH and not is_encoded(name):
        if _ATOMS.fullmatch(name):
            return name
        if _QUOTABLE.fullmatch(name):
            return f'"{name}"'
    return _encoded(header, name)


def _encoded(header: str, text: str) -> str:
    """Encoded words (RFC 2047), folded between them: no letter is split, no special is visible."""
    return Header(text, "utf-8", _WIDTH - 1, header).encode(linesep="\r\n")
