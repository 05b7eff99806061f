"""Faults that stop the launcher, in words for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, ENOSPC, EROFS
from pathlib import Path


class LauncherFault(Exception):
    """The text is one or two sentences: what is wrong, and what to do."""


_ADVICE = {
    ENOSPC: "The disk that holds it is full: free some space",
    EROFS: "It lies on a read-only disk: choose another place by AFTERGLOW_HOME",
    EACCES: "This user may not write there: choose another place by AFTERGLOW_HOME",
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into a fault that says what to do about `folder`."""
    try:
        yield
    except OSError as refused:
        advice = _ADVICE.get(refused.errno or 0, "Check what blocks it")
        reason = refused.strerror or type(refused).__name__
        raise LauncherFault(
            f"Cannot write in {folder} ({reason}). {advice}, then start again."
        ) from refused
