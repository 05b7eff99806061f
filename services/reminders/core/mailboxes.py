"""A display name and the email address behind it, as people write them and as they are stored."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Final

import msgspec

_PLAIN_NAME: Final = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*")
"""A name that needs no quotes (RFC 5322 §3.2.3): no comma, colon, parenthesis, dot or bracket."""

_ENCODED: Final = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=", re.IGNORECASE)
_SPACES: Final = re.compile(" {2,}")  # mail programs show one
_ESCAPED: Final = re.compile(r"\\(.)")
_TO_ESCAPE: Final = re.compile(r'(["\\])')
_BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class Mailbox(msgspec.Struct, frozen=True):
    """`name` is empty if there is none, and is as people read it: not quoted, not encoded."""

    name: str
    address: str

    def written(self) -> str:
        """The form in which a mailbox is stored; `read_mailbox` reads it back."""
        if not self.name:
            return self.address
        if _PLAIN_NAME.fullmatch(self.name) and not is_encoded(self.name):
            return f"{self.name} <{self.address}>"
        return f'"{_escaped(self.name)}" <{self.address}>'


def read_mailbox(text: str) -> Mailbox:
    """Split `Name <address>`. The address is what the last angle brackets hold, and is not checked.

    The name may be quoted or encoded (RFC 2047). Anything else is an address without a name.
    """
    head, bracket, tail = text.strip().rpartition("<")
    if not bracket or not tail.endswith(">"):
        return Mailbox("", text.strip())
    return Mailbox(_shown(head.strip()), tail[:-1].strip())


def is_encoded(name: str) -> bool:
    """Whether a mail program would read the name as something else (RFC 2047)."""
    return bool(_ENCODED.search(name))


def _escaped(name: str) -> str:
    return _TO_ESCAPE.sub(r"\\\1", name)


def _shown(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = _ESCAPED.sub(r"\1", name[1:-1])
    elif is_encoded(name):
        name = _decoded(name)
    visible = "".join(" " if _is_control(character) else character for character in name)
    return _SPACES.sub(
        " ", "".join(character for character in visible if character not in _BIDI_CONTROLS)
    ).strip()


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
