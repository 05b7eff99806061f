"""Reads the catalog's files from a folder."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from services.content.domain.reading import SHARED

_MOST_FILES: Final = 5_000
_MOST_BYTES: Final = 1_000_000


class FolderFault(Exception):
    """A folder is not a catalog. The text says why and what to do."""


def shipped_files() -> dict[str, str]:
    """Return the files of the shipped catalog, by path in its folder."""
    return dict(_read(files("services.content").joinpath("catalog"), ""))


def folder_files(folder: Path) -> dict[str, str]:
    """Return the YAML files in a folder, by path. Raises FolderFault if it is not a catalog."""
    if not folder.is_dir():
        raise FolderFault(f"{folder} is not a folder; name the one that holds sources.yaml")
    if not any(folder.joinpath(name).is_file() for name in SHARED):
        raise FolderFault(f"{folder} is no catalog: it holds no {', no '.join(SHARED)}")
    return dict(_read(folder, ""))


def _read(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    files: list[tuple[str, str]] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):  # made by editors or version control
            continue
        if entry.is_dir():
            files.extend(_read(entry, f"{prefix}{entry.name}/"))
        elif entry.name.endswith((".yaml", ".yml")):
            files.append((prefix + entry.name, _text(entry, prefix + entry.name)))
        if len(files) > _MOST_FILES:
            raise FolderFault(f"more than {_MOST_FILES} YAML files; this is not a catalog's folder")
    return files


def _text(entry: Traversable, path: str) -> str:
    content = entry.read_bytes()
    if len(content) > _MOST_BYTES:
        raise FolderFault(f"{path} is over {_MOST_BYTES} bytes; split it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise FolderFault(f"{path} is not UTF-8; save it as UTF-8") from None
