"""The addresses of a mail as mail servers take them: in ASCII if possible."""

from functools import lru_cache
from typing import Final

import msgspec
from email_validator import EmailNotValidError, validate_email

from services.reminders.core.mailboxes import read_mailbox
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import OutgoingMessage, Unsendable

_LONGEST: Final = 254  # RFC 5321 §4.5.3.1.3, without the brackets


class Addressing(msgspec.Struct, frozen=True, kw_only=True):
    """Who a mail is from and for. Domains are in punycode (RFC 5891).

    An address has letters beyond ASCII only before its “@”, and then needs SMTPUTF8 (RFC 6531).
    """

    name: str
    sender: str
    to: str

    @property
    def needs_utf8(self) -> bool:
        return not (self.sender.isascii() and self.to.isascii())

    @property
    def sender_domain(self) -> str:
        return self.sender.rpartition("@")[2]


def addressed(message: OutgoingMessage) -> Addressing:
    """Raises Unsendable."""
    sender = _sender(message.sender)
    return msgspec.structs.replace(sender, to=_in_ascii(message.to, Reason.ADDRESS_NOT_SENDABLE))


@lru_cache(maxsize=1024)
def _sender(text: str) -> Addressing:
    mailbox = read_mailbox(text)
    address = _in_ascii(mailbox.address, Reason.SENDER_NOT_SENDABLE)
    return Addressing(name=mailbox.name, sender=address, to="")


def _in_ascii(text: str, otherwise: Reason) -> str:
    try:
        read = validate_email(
            text, check_deliverability=False, test_environment=True, globally_deliverable=False
        )
    except EmailNotValidError:
        raise Unsendable(otherwise) from None
    address = f"{read.local_part}@{read.ascii_domain}"
    if not read.ascii_domain or len(address.encode()) > _LONGEST:
        raise Unsendable(otherwise)
    return address
