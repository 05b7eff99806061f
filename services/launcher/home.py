"""AFTERGLOW_HOME: the folder with a machine's data, secrets, logs and the state of `up`."""

import base64
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from services.launcher.faults import LauncherFault, writing
from services.launcher.processes import Identity

T = TypeVar("T", bound=msgspec.Struct)

_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
_OPEN_TO_PASS = 0o711  # the database server's user must reach its data inside


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Random values from the first start. `demo_key` is the demo clinic's API key."""

    postgres_password: str
    valkey_password: str
    secret_key: str
    data_keys: str
    index_keys: str
    demo_key: str | None = None


class ChildRecord(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    identity: Identity
    rank: int
    stop_signal: int
    stop_timeout: float


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What runs from this home. `environment` is that of its processes."""

    ports: dict[str, int] = {}
    environment: dict[str, str] = {}
    children: tuple[ChildRecord, ...] = ()


class Home:
    """Creates missing folders when it is opened, and nothing else."""

    def __init__(self, root: Path) -> None:
        """Raises LauncherFault if the folder cannot exist."""
        self.root = root.absolute()
        self.data = self.root / "data"
        self.logs = self.root / "logs"
        self._changing = threading.Lock()
        for place in (self.root, *self.root.parents):
            if place.exists() and not place.is_dir():
                raise LauncherFault(
                    f"AFTERGLOW_HOME is {self.root}, but {place} is a file. "
                    "Name a folder, or move the file."
                )
        with writing(self.root):
            for folder in (self.root, self.data):
                _make(folder, _OPEN_TO_PASS)
            _make(self.logs, _PRIVATE_FOLDER)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the home for one launcher. Raises LauncherFault that names the holder."""
        with writing(self.root):
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, _PRIVATE)
        try:
            _take(descriptor, self.root)
            yield
        finally:
            os.close(descriptor)  # this also releases the lock

    def secrets(self) -> Secrets:
        """Return the home's secrets. They are created if there are none."""
        path = self.root / "secrets.json"
        stored = _read(path, Secrets)
        if stored is None:
            stored = _new_secrets()
            self.keep_secrets(stored)
        return stored

    def keep_secrets(self, kept: Secrets) -> None:
        self._write("secrets.json", kept)

    def state(self) -> State:
        return read_state(self.root) or State()

    def change_state(self, **changes: Any) -> None:  # noqa: ANN401 - fields of State, checked by its construction
        """Change some fields of the state. Any thread may call it."""
        with self._changing:
            self._write("state.json", msgspec.structs.replace(self.state(), **changes))

    def _write(self, name: str, content: msgspec.Struct) -> None:
        """Replace a file atomically, so that nobody reads half of it."""
        path = self.root / name
        beside = path.with_suffix(f".{os.getpid()}.new")
        with writing(self.root):
            try:
                descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(msgspec.json.format(msgspec.json.encode(content), indent=2))
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)


def home_path(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("AFTERGLOW_HOME") or ".afterglow").expanduser().absolute()


def read_state(root: Path) -> State | None:
    """Return what runs, or last ran, from this home. None if nothing ever did."""
    return _read(root / "state.json", State)


def _make(folder: Path, mode: int) -> None:
    """Create a folder. An existing one keeps its mode, which may be deliberate."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(mode)


def _take(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        raise LauncherFault(
            f"Afterglow is running from {root} already (process {holder}). "
            "Stop that one, or give this one another AFTERGLOW_HOME."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except PermissionError:
        raise LauncherFault(
            f"{path} belongs to another user. Run as that user, or choose another AFTERGLOW_HOME."
        ) from None
    except msgspec.MsgspecError as fault:
        raise LauncherFault(f"{path} is damaged ({fault}). Restore it from a backup.") from None


def _new_secrets() -> Secrets:
    return Secrets(
        postgres_password=secrets.token_hex(16),
        valkey_password=secrets.token_hex(16),
        secret_key=secrets.token_hex(32),
        data_keys=f"k1:{_key()}",
        index_keys=f"i1:{_key()}",
    )


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
