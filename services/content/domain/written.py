"""The basic types of what authors write."""

from typing import Annotated

import msgspec


class Translatable:
    """Marks a field that is translated."""


class Markup:
    """Marks a field written in Markdown."""


Text = Annotated[str, Translatable()]
Markdown = Annotated[str, Translatable(), Markup()]
Words = tuple[Text, ...]
SourceKeys = tuple[str, ...]
Phrases = dict[str, tuple[str, ...]]
"""What patients write, by language. All count, whatever language the patient reads."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all that authors write."""


class Email(Written, frozen=True, kw_only=True):
    subject: Text
    text: Text
