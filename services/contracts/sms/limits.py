"""How long a text a provider carries whole, and where a longer one is divided."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from services.contracts.sms.segments import count_segments

NUMBERING: Final = " ({number}/{total})"
_ROOM: Final = NUMBERING.format(number=99, total=99)


class SmsLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The longest text that is carried whole."""

    parts: int = 10
    characters: int = 1600


CARRIED: Final = SmsLimit()
"""What every provider carries whole, and networks too: ten parts of GSM 7-bit are 1,530 characters.

A gateway of one's own drops what is longer than its max-messages, and others refuse more characters
than these. A sender may state another number of parts.
"""


def limit_of(most_parts: int | None) -> SmsLimit:
    """The limit of a sender; `most_parts` is its own, if it states one."""
    return CARRIED if most_parts is None else SmsLimit(parts=most_parts)


def carried_by_all(limits: Iterable[SmsLimit]) -> SmsLimit:
    """What each of them carries whole; CARRIED if there is none."""
    return min(limits, key=lambda limit: limit.parts, default=CARRIED)


def fits(text: str, limit: SmsLimit) -> bool:
    return len(text) <= limit.characters and count_segments(text).parts <= limit.parts


class TextPart(msgspec.Struct, frozen=True):
    """One of the messages that a text goes out as.

    `until` is where it ends in the text; None if nothing follows.
    """

    number: int
    text: str
    until: int | None = None

    @property
    def is_last(self) -> bool:
        return self.until is None


def next_part(text: str, limit: SmsLimit, *, sent: int = 0, since: int = 0) -> TextPart:
    """The part to send after `sent` ones, which ended at the position `since` of the text.

    A text that fits is its only part. Parts of another end with their number.
    """
    rest = text[since:]
    if not sent and fits(rest, limit):
        return TextPart(1, rest)
    ends = list(_ends(rest, limit))
    number = sent + 1
    numbering = NUMBERING.format(number=number, total=sent + len(ends))
    until = None if len(ends) == 1 else since + ends[0]
    return TextPart(number, rest[: ends[0]].strip() + numbering, until)


def all_parts(text: str, limit: SmsLimit) -> Iterator[TextPart]:
    """The messages that a text goes out as, in order."""
    part = next_part(text, limit)
    yield part
    while part.until is not None:
        part = next_part(text, limit, sent=part.number, since=part.until)
        yield part


def _ends(text: str, limit: SmsLimit) -> list[int]:
    """Where the parts of a text end. About equally long ones read better than a short last one."""
    ends = list(_cut(text, lambda piece: fits(piece + _ROOM, limit)))
    longest = len(text) * 6 // (5 * len(ends))
    even = list(_cut(text, lambda piece: len(piece) <= longest and fits(piece + _ROOM, limit)))
    is_better = len(even) == len(ends) and _whole(text, even) >= _whole(text, ends)
    return even if is_better else ends


def _whole(text: str, ends: Iterable[int]) -> int:
    """How many of the parts end where a sentence or a paragraph does."""
    places = {match.end() for kind in (_PARAGRAPH, _SENTENCE) for match in kind.finditer(text)}
    return len(places.intersection(ends))


def _cut(text: str, has_room: Callable[[str], bool]) -> Iterator[int]:
    start = 0
    while start < len(text):
        end = start + _longest(text[start:], has_room)
        if end < len(text):
            end = _break_before(text, start, end)
        yield end
        start = end


def _longest(text: str, has_room: Callable[[str], bool]) -> int:
    """The most characters from the start that have room, at least one."""
    if has_room(text):
        return len(text)
    least, most = 1, len(text)
    while most - least > 1:
        middle = (least + most) // 2
        if has_room(text[:middle].rstrip()):
            least = middle
        else:
            most = middle
    return least


_PARAGRAPH: Final = re.compile(r"\n+")
_SENTENCE: Final = re.compile(
    r"(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<=[.!?…])[\"')\]]*\s+(?=[^\sa-z])"
)
"""“Dr. Ruiz” ends no sentence."""

_BREAKS: Final = (
    (_PARAGRAPH, 0.5),
    (_SENTENCE, 0.0),
    (re.compile(r"(?<=[;:,])\s+"), 0.5),
    (re.compile(r"\s+"), 0.0),
)
"""Better places first, each with how full a part must be for it: a sentence is cut only if no part
has room for it."""


def _break_before(text: str, start: int, end: int) -> int:
    """The best place to break at `end` or before it; `end` itself if there is none."""
    for kind, wanted in _BREAKS:
        places = [match.end() for match in kind.finditer(text, start, min(end + 1, len(text)))]
        near = [place for place in places if start + wanted * (end - start) < place <= end]
        if near:
            return near[-1]
    return end
