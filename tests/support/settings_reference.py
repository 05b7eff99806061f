"""The reference of all settings, made from where they are declared.

Run it (`python -m tests.support.settings_reference`) to write docs/reference/settings.md anew.
"""

from pathlib import Path
from typing import Any

import msgspec

from services.chassis.settings import Secret
from services.content.settings import ContentSettings
from services.gateway.settings import GatewaySettings, MailSettings
from services.launcher.settings import UpSettings
from services.reminders.settings import DispatcherSettings, RemindersSettings, WorkerSettings
from services.sandbox.settings import SandboxSettings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

READERS: dict[str, type[msgspec.Struct]] = {
    "up": UpSettings,
    "gateway": GatewaySettings,
    "mail": MailSettings,
    "content": ContentSettings,
    "reminders": RemindersSettings,
    "dispatcher": DispatcherSettings,
    "worker": WorkerSettings,
    "sandbox": SandboxSettings,
}

INTRODUCTION = """\
# Settings

Settings are environment variables, read once when a process starts. A bad one stops the process
with its name and what to do. For each `NAME`, `NAME_FILE` may name a file that holds the value.
`afterglow up` supplies what its processes need from `AFTERGLOW_HOME`, so on one machine nothing has
to be set.

| setting | for | default | read by |
|---|---|---|---|
"""


def reference() -> str:
    readers: dict[str, list[str]] = {}
    rows: dict[str, tuple[str, str]] = {}
    for reader, settings in READERS.items():
        for field in msgspec.structs.fields(settings):
            name = field.name.upper()
            readers.setdefault(name, []).append(reader)
            if name not in rows or reader == "gateway":
                rows[name] = (_help(field), _default(field))
    return INTRODUCTION + "".join(
        f"| `{name}` | {rows[name][0]} | {rows[name][1]} | {', '.join(readers[name])} |\n"
        for name in sorted(rows)
    )


def _help(field: Any) -> str:
    notes = getattr(field.type, "__metadata__", ())
    return next((note.description for note in notes if note.description), "")


def _default(field: Any) -> str:
    if field.required:
        return "required"
    if isinstance(field.default, Secret) or field.default == "":
        return "none"
    return f"`{field.default}`"


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
