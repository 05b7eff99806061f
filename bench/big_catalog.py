"""The shipped catalog several times over: the same shape and length, under other names."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import yaml

from services.content.source.reader import shipped_files

_SHELVES: Final = frozenset({"procedures", "concerns", "plans"})
_NAMES: Final = frozenset({"title", "aliases", "misspellings"})
_NAMED_BY: Final = frozenset({"treats"})  # what a translation names by slug
_REFERENCES: Final = frozenset({"parent", "concern", "procedures"})


def big_catalog(times: int) -> dict[str, str]:
    """The files of a catalog, by path; once is the shipped one."""
    shipped = shipped_files()
    copies = (dict(_copies(shipped, number)) for number in range(1, times))
    return {path: text for files in (shipped, *copies) for path, text in files.items()}


def _copies(files: Mapping[str, str], number: int) -> Iterator[tuple[str, str]]:
    for name, text in files.items():
        path = PurePosixPath(name)
        if path.parent.name in _SHELVES:
            copy = _renamed(yaml.safe_load(text), number)
            yield (
                str(path.with_stem(f"{path.stem}-{number}")),
                yaml.safe_dump(copy, allow_unicode=True, width=120),
            )


def _renamed(value: Any, number: int, key: str = "") -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(value, dict):
        return {
            f"{name}-{number}" if key in _NAMED_BY else name: _renamed(item, number, name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_renamed(each, number, "" if isinstance(each, dict) else key) for each in value]
    if key in _NAMES:
        return f"{value} {number}"
    return f"{value}-{number}" if key in _REFERENCES else value
