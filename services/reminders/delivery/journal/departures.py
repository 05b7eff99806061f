"""Which attempts have left a process: a file that survives the process, but not the machine.

Before the first byte of a message leaves, the id of its attempt is written to the journal of the
process; what the kernel has received survives kill -9. So an open attempt of a dead process that
its journal does not name has provably never left, and another process may send it. An attempt that
the journal names may have been accepted: it stays unknown.

A crash of the machine loses what was not yet on disk, so a journal of an earlier boot proves
nothing and is deleted unread. A missing journal proves nothing either. Journals contain only ids.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Self

from services.reminders.delivery.domain.attempts import Departures

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_ROTATE_BYTES = 256 * 1024
_SUFFIX = ".log"


class DepartureJournal:
    """The journal of this process. While it is locked, the process is alive."""

    def __init__(self, path: Path, file: int) -> None:
        """Use `open` instead."""
        self.path = path
        self._file = file
        self._unfinished = 0
        self._written = 0

    @classmethod
    def open(cls, folder: Path, owner: uuid.UUID) -> Self:
        """Start a journal for a process that has begun nothing yet. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{boot_id()}-{owner}{_SUFFIX}"
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        # Another process may take the lock first, find the journal empty, and remove it.
        for _ in range(3):
            file = os.open(path, flags, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return cls(path, file)
            os.close(file)
        raise FileExistsError(f"{path} is taken away again and again")

    def note(self, clinic_id: int, attempt_id: int) -> None:
        """Record that the attempt leaves now. Raises OSError if that cannot be written."""
        # It starts with a line break too: after a torn write the next line is still whole.
        line = f"\n{clinic_id} {attempt_id}\n".encode()
        if os.write(self._file, line) != len(line):
            raise OSError("the departure journal could not be written")
        self._written += len(line)

    def expect(self, count: int) -> None:
        """Record that so many attempts are about to begin."""
        self._unfinished += count

    def forget(self, count: int) -> None:
        """Record that so many of them have ended in the database, or never began."""
        self._unfinished -= count
        if self._unfinished == 0 and self._written > _ROTATE_BYTES:
            os.ftruncate(self._file, 0)
            self._written = 0

    @property
    def is_in_doubt(self) -> bool:
        """Whether an attempt is open that this process did not see begin, or could not end."""
        return self._unfinished > 0

    def close(self) -> None:
        """Close the journal, and remove it unless an attempt may still be open."""
        if self._unfinished == 0:
            with suppress(FileNotFoundError):
                self.path.unlink()
        os.close(self._file)


def boot_id() -> str:
    """Return the id of this boot of the machine, without hyphens."""
    return _BOOT_ID.read_text("ascii").strip().replace("-", "")


class Journals:
    """The journals of this machine's processes, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of_the_dead(self) -> Iterator[AbstractContextManager[Departures | None]]:
        """Yield what each dead process left, and remove journals of earlier boots.

        A journal is removed if its block ends without an error. None: the process is alive, another
        process reads the journal now, or it is damaged.
        """
        this_boot = boot_id()
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            if path.name.startswith(f"{this_boot}-"):
                yield _departures_of(path)
            else:
                with _locked(path) as is_locked:
                    if is_locked:
                        path.unlink(missing_ok=True)


@contextmanager
def _departures_of(path: Path) -> Iterator[Departures | None]:
    with _locked(path) as is_locked:
        departures = _read(path) if is_locked else None
        yield departures
        if departures is not None:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield os.fstat(file).st_nlink > 0
    finally:
        os.close(file)


def _read(path: Path) -> Departures | None:
    """Returns None if the journal is damaged: then it proves nothing."""
    _, _, owner = path.name.removesuffix(_SUFFIX).partition("-")
    try:
        *lines, rest = path.read_text("ascii").split("\n")
        departed = frozenset(_entry(line) for line in lines if line)
        return None if rest else Departures(uuid.UUID(owner), departed)
    except (OSError, ValueError):
        return None


def _entry(line: str) -> tuple[int, int]:
    clinic_id, attempt_id = line.split()
    return int(clinic_id), int(attempt_id)
