"""Small programs for a supervisor to keep, and what they left behind."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.launcher.child import Program


def shell(name: str, script: str, **fields: Any) -> Program:
    defaults: dict[str, Any] = {
        "name": name,
        "argv": ("/bin/sh", "-c", script),
        "env": {},
        "rank": 0,
    }
    return Program(**(defaults | fields))


def python(name: str, script: str, **fields: Any) -> Program:
    return shell(name, "", argv=(sys.executable, "-Sc", script), **fields)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def seconds_of(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
