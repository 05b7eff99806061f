"""What everything that authors write is made of."""

from typing import Annotated

import msgspec


class Translatable:
    """Marks a field that each locale has its own words for."""


class Markup:
    """Marks a field written in Markdown."""


Text = Annotated[str, Translatable()]
Markdown = Annotated[str, Translatable(), Markup()]
Words = tuple[Text, ...]
SourceKeys = tuple[str, ...]
Phrases = dict[str, tuple[str, ...]]
"""What patients write, by its language: it counts whatever language they are written to in."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Something an author wrote."""


class Email(Written, frozen=True, kw_only=True):
    subject: Text
    text: Text
