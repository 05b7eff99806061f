"""Other versions of the package tzdata: copies in which a zone has the rules of another one."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path

from services.chassis import zone_data
from services.reminders.core import windows


def zone_package(folder: Path, version: str, rules: Mapping[str, str]) -> Path:
    """Write a package below a folder. `rules` maps a zone to the one whose rules it has."""
    with as_file(files("tzdata")) as locked:
        shutil.copytree(locked, folder / "tzdata")
        for zone, other in rules.items():
            shutil.copyfile(locked / "zoneinfo" / other, folder / "tzdata" / "zoneinfo" / zone)
    module = folder / "tzdata" / "__init__.py"
    module.write_text(f'__version__ = "0"\nIANA_VERSION = "{version}"\n')
    return folder


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Use the package in a folder within this process, as after an update and a restart."""
    locked = {name: sys.modules.pop(name) for name in _modules()}
    sys.path.insert(0, str(folder))
    _forget()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in _modules():
            del sys.modules[name]
        sys.modules.update(locked)
        _forget()


def _modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "tzdata"]


def _forget() -> None:
    setattr(zone_data, "tzdata", import_module("tzdata"))  # noqa: B010 - mypy allows no other way
    zone_data.use_locked_zones()
    windows._openings.cache_clear()  # noqa: SLF001 - what a new process has not
