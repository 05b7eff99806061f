"""Settings from environment variables: typed, read once, and explained where declared."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import msgspec


class Secret(str):
    """A setting that no log, error or repr may show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


class Bind(msgspec.Struct, frozen=True):
    """Where a process listens, written `host:port`."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the last port
            raise ValueError("write it as host:port, for example 127.0.0.1:8000")
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class SettingsFault(Exception):
    """Settings are missing or wrong. The text names each one and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every process. Each field is a variable with its name in upper case."""

    afterglow_env: Annotated[
        Literal["development", "production"],
        msgspec.Meta(description="`production` refuses what is only safe on a laptop."),
    ] = "development"
    afterglow_home: Annotated[
        str, msgspec.Meta(description="Folder for data, secrets and logs of this machine.")
    ] = ".afterglow"
    database_url: Annotated[
        Secret,
        msgspec.Meta(
            pattern="^postgres(ql)?://",
            description="PostgreSQL 15 or later: postgresql://user:pass@host/db.",
        ),
    ]
    redis_url: Annotated[
        Secret,
        msgspec.Meta(
            pattern="^(rediss?|unix)://",
            description="Redis 7 or later, or Valkey: redis://:pass@host:port/0.",
        ),
    ]
    data_keys: Annotated[
        Secret,
        msgspec.Meta(
            description="Keys that seal data, `id:base64 of 32 bytes`, comma separated; the first"
            " seals, all open."
        ),
    ]
    index_keys: Annotated[
        Secret,
        msgspec.Meta(
            description="Keys that find addresses, as DATA_KEYS; add in front, never remove: a"
            " lost key forgets opt-outs."
        ),
    ]
    secret_key: Annotated[
        Secret, msgspec.Meta(description="Signs cursors and links; 32 or more characters.")
    ]
    public_url: Annotated[
        str, msgspec.Meta(description="The gateway's address as providers and patients reach it.")
    ] = "http://127.0.0.1:8000"

    @property
    def is_development(self) -> bool:
        return self.afterglow_env == "development"


S = TypeVar("S", bound=msgspec.Struct)


def load(cls: type[S], environ: Mapping[str, str]) -> S:
    """Read the settings of a process. `NAME_FILE` may name a file with the value of NAME.

    Raises SettingsFault with all faults.
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(cls):
        try:
            text = _text(field.name.upper(), environ)
            if text is not None:
                values[field.name] = _convert(text, field.type)
            elif field.required:
                faults.append(f"{field.name.upper()} is not set: {_help(field.type)}")
        except ValueError as fault:
            faults.append(f"{field.name.upper()} is not usable: {fault}. {_help(field.type)}")
    if faults:
        raise SettingsFault("\n".join(faults))
    return cls(**values)


def environment() -> Mapping[str, str]:
    """Return the environment, for entry points to pass to `load`."""
    return dict(os.environ)


def _text(name: str, environ: Mapping[str, str]) -> str | None:
    if file := environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as fault:
            raise ValueError(f"its file {file} cannot be read ({fault.strerror})") from None
    return environ.get(name) or None


def _convert(text: str, annotation: Any) -> Any:  # noqa: ANN401 - whatever a field is declared as
    kind = _bare(annotation)
    if kind is Bind:
        return Bind.parse(text)
    if kind is Secret:
        return Secret(_checked(text, annotation))
    if kind is bool and text not in ("true", "false"):
        raise ValueError("write true or false")
    return _checked(text, annotation)


def _checked(text: str, annotation: Any) -> Any:  # noqa: ANN401 - see _convert
    notes = tuple(getattr(annotation, "__metadata__", ()))
    kind = Annotated[(str, *notes)] if notes and _bare(annotation) is Secret else annotation
    try:
        return msgspec.convert(text, str if kind is Secret else kind, strict=False)
    except msgspec.ValidationError as fault:
        raise ValueError(str(fault).lower()) from None


def _bare(annotation: Any) -> Any:  # noqa: ANN401 - see _convert
    return getattr(annotation, "__origin__", annotation)


def _help(annotation: Any) -> str:  # noqa: ANN401 - see _convert
    for note in getattr(annotation, "__metadata__", ()):
        if isinstance(note, msgspec.Meta) and note.description:
            return note.description
    return ""
