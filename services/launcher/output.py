"""The output of the supervised programs, for the terminal and for their log files."""

import contextlib
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Self, TextIO

_TAIL = 8


class Output:
    """A terminal and a folder of logs, shared by all programs. Either may be missing.

    Any thread may use it. Lines on the terminal begin with the name of the program.
    """

    def __init__(
        self, folder: Path | None, *, terminal: TextIO | None = None, width: int = 14
    ) -> None:
        self._folder = folder
        self._terminal = terminal
        self._width = width
        self._lock = threading.Lock()
        self._files: dict[str, TextIO] = {}
        self._tails: dict[str, deque[str]] = {}

    @classmethod
    def on_terminal(cls, folder: Path | None = None) -> Self:
        return cls(folder, terminal=sys.stdout)

    def line(self, name: str, text: str) -> None:
        """Write one line of a program. A full disk or a closed terminal is ignored."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._tails.setdefault(name, deque(maxlen=_TAIL)).append(text)
            if self._folder is not None:
                file = self._files.get(name) or self._open(name, self._folder)
                file.write(text + "\n")
                file.flush()
        if self._terminal is not None:
            with self._lock, contextlib.suppress(OSError, ValueError):
                print(f"{name:<{self._width}} | {text}", file=self._terminal, flush=True)

    def say(self, text: str) -> None:
        """Write a line of the launcher itself."""
        self.line("afterglow", text)

    def announce(self, text: str) -> None:
        """Print text without prefixes, so that a person can copy it."""
        if self._terminal is not None:
            with self._lock, contextlib.suppress(OSError, ValueError):
                print(f"\n{text}\n", file=self._terminal, flush=True)

    def tail(self, name: str) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._tails.get(name, ()))

    def close(self) -> None:
        with self._lock:
            for file in self._files.values():
                with contextlib.suppress(OSError):
                    file.close()
            self._files.clear()

    def _open(self, name: str, folder: Path) -> TextIO:
        path = folder / f"{name}.log"
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        self._files[name] = path.open("w", encoding="utf-8", errors="replace")
        return self._files[name]
