"""What stops the launcher, said to a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, ENOSPC, EROFS
from pathlib import Path


class LauncherFault(Exception):
    """Its text is one or two plain sentences: what is wrong, and what to do."""


_ADVICE = {
    ENOSPC: "The disk that holds it is full: free some space",
    EROFS: "It lies on a read-only disk: choose another place by AFTERGLOW_HOME",
    EACCES: "This user may not write there: choose another place by AFTERGLOW_HOME",
}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a refusal of the file system into a fault that says what to do about `folder`."""
    try:
        yield
    except OSError as refused:
        advice = _ADVICE.get(refused.errno or 0, "Look at what stands in the way")
        reason = refused.strerror or type(refused).__name__
        raise LauncherFault(
            f"Cannot write in {folder} ({reason}). {advice}, then start again."
        ) from refused
