"""Where use cases get the reader of replies from."""

from typing import Protocol

from services.reading.reading import ReplyReader


class RulesMissing(Exception):
    """There have never been rules: a text must be recorded when there are."""


class ReplyReaders(Protocol):
    def reader(self) -> ReplyReader:
        """Return the reader by the rules of the current release. Raises RulesMissing."""
        ...
