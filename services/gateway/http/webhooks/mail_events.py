"""What the events of all mail services share: whom one is about, and how a batch is kept."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from services.chassis.logs import get_logger
from services.contracts.incoming import RecordReceipt
from services.contracts.words import AddressFault, ReceiptState
from services.gateway.http.webhooks.callbacks import LONGEST_WORD
from services.gateway.http.webhooks.mail_reports import PROVIDER
from services.gateway.http.webhooks.mail_tokens import Attempt, MailTokens
from services.gateway.intake.items import Keep

log = get_logger(__name__)

T = TypeVar("T")

_LONGEST_REFERENCE: Final = 200
_NOT_PLAIN: Final = re.compile(r"[^ -~]")


class BadEvent(ValueError):
    """An event cannot be read. The text says why and repeats nothing of the event."""


class MailEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a service says about one mail. `word` is its own term for it.

    `texts` may hold our token; `reference` is the service's id of the mail.
    """

    state: ReceiptState
    word: str
    code: str | None = None
    about_address: AddressFault | None = None
    texts: tuple[str, ...] = ()
    reference: str | None = None


ReadEvent = Callable[[bytes], MailEvent | None]
"""Reads one event; None if it says nothing that we record. Raises BadEvent."""


class EventIntake:
    """Keeps the events of one service whose call is authenticated."""

    def __init__(self, service: str, tokens: MailTokens, keep: Keep) -> None:
        self._service = service
        self._tokens = tokens
        self._keep = keep

    def take(self, raw_events: Iterable[bytes], read: ReadEvent) -> None:
        """Keep each event by itself: one that cannot be read is logged and harms no other.

        Raises if an event cannot be stored, so that the service sends the batch again.
        """
        for raw in raw_events:
            try:
                event = read(raw)
            except BadEvent as fault:
                log.warning("mail_event_not_readable", service=self._service, reason=str(fault))
                continue
            if event is not None:
                self._take(event)

    def _take(self, event: MailEvent) -> None:
        attempt = next(filter(None, map(self._tokens.find, event.texts)), None)
        if attempt is None and not event.reference:
            log.info("mail_event_of_other_mail", service=self._service)
            return
        self._keep(lambda now: _receipt(event, attempt, now))


def _receipt(event: MailEvent, attempt: Attempt | None, now: datetime) -> RecordReceipt:
    clinic_id, attempt_id = attempt or (None, None)
    return RecordReceipt(
        provider=PROVIDER,
        clinic_id=clinic_id,
        attempt_id=attempt_id,
        provider_reference=_plain(event.reference, _LONGEST_REFERENCE),
        state=event.state,
        provider_state=_plain(event.word, LONGEST_WORD) or "",
        code=_plain(event.code, LONGEST_WORD),
        about_address=event.about_address,
        received_at=now,
    )


def _plain(text: str | None, longest: int) -> str | None:
    return _NOT_PLAIN.sub("?", text)[:longest] if text else None


def read_json(raw: bytes, kind: type[T]) -> T:
    """Read JSON into a type. Raises BadEvent, which names the field at fault."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as fault:
        raise BadEvent(_without_values(str(fault))) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadEvent("not JSON in UTF-8") from None
    except RecursionError:
        raise BadEvent("nested too deeply") from None


def _without_values(text: str) -> str:
    """Hide a wrong value, which msgspec quotes after “Invalid”: it may be personal."""
    return "a wrong value" if text.startswith("Invalid") else text
