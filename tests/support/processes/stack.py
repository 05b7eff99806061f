"""The whole product, as `afterglow up` runs it, in a home and on ports of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from services.chassis.clock import ClockReading, advance, read_clock
from services.chassis.database import open_engine
from services.launcher.home import ChildRecord, Home, Secrets
from services.launcher.ports import keep_or_choose
from services.launcher.processes import is_alive, wait_until
from services.launcher.supervisor import end_orphans

_START_SECONDS = 60.0
_STOP_SECONDS = 25.0


class Stack:
    """A running product. Use it in a `with` statement, so that nothing of it stays."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        # not below pytest's tmp_path: as root, the database's own user could not reach that
        self.root = Path(tempfile.mkdtemp(prefix="afterglow-stack-"))
        self.root.chmod(0o711)
        self.home = Home(self.root / "home")
        binds = (f"127.0.0.1:{keep_or_choose(None)}" for _ in range(5))
        self.gateway, self.sandbox, self.smtp, self.mail, self.mail_health = binds
        self.env = {
            "PATH": os.defpath,
            "AFTERGLOW_HOME": str(self.home.root),
            "GATEWAY_BIND": self.gateway,
            "MAIL_BIND": self.mail,
            "MAIL_HEALTH_BIND": self.mail_health,
            "SANDBOX_BIND": self.sandbox,
            "SANDBOX_SMTP_BIND": self.smtp,
        } | dict(env or {})
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Run `afterglow up` and wait until it says that all of it runs."""
        before = self._greetings()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.launcher", "up"],
                env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        process = self._process
        before = self.log.read_text().count("Afterglow is running.")
        wait_until(
            lambda: (
                process.poll() is not None
                or self.log.read_text().count("Afterglow is running.") > before
            ),
            _START_SECONDS,
        )
        assert self.log.read_text().count("Afterglow is running.") > before, self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End `afterglow up` by a signal; its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(_STOP_SECONDS)

    def close(self) -> None:
        try:
            if self._process is not None and self._process.poll() is None:
                self.stop()
        except subprocess.TimeoutExpired:
            self.stop(signal.SIGKILL)
        finally:
            end_orphans(self.home.state().children)
            shutil.rmtree(self.root)

    def _greetings(self) -> int:
        return self.log.read_text().count("Afterglow is running.") if self.log.exists() else 0

    @property
    def log(self) -> Path:
        return self.root / "up.log"

    @property
    def graphql_url(self) -> str:
        return f"http://{self.gateway}/graphql"

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.sandbox}"

    @property
    def key(self) -> str:
        """The demo clinic's STAFF key, of mode test."""
        secrets: Secrets = self.home.secrets()
        assert secrets.demo_key is not None
        return secrets.demo_key

    @property
    def settings(self) -> dict[str, str]:
        """DATABASE_URL, REDIS_URL and the rest, as the processes have them."""
        return self.home.state().environment

    def child(self, name: str) -> ChildRecord:
        return next(child for child in self.home.state().children if child.name == name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Signal one process, such as `gateway`, `worker-sms` or `valkey`."""
        os.kill(self.child(name).identity.pid, number)

    def kill(self, name: str) -> None:
        """Kill -9 one process, and wait until the supervisor has started it again."""
        killed = self.child(name).identity
        os.kill(killed.pid, signal.SIGKILL)
        assert wait_until(
            lambda: not is_alive(killed) and self.child(name).identity != killed, 20.0
        )

    def advance(self, duration: timedelta) -> ClockReading:
        """Move product time forward."""
        engine = open_engine(self.settings["DATABASE_URL"], application_name="stack")
        try:
            with engine.begin() as connection:
                return advance(connection, duration)
        finally:
            engine.dispose()

    def advance_to(self, instant: datetime) -> ClockReading:
        """Move product time forward to an instant, such as a reminder's due time."""
        return self.advance(max(instant - self.clock().product, timedelta(0)))

    def clock(self) -> ClockReading:
        engine = open_engine(self.settings["DATABASE_URL"], application_name="stack")
        try:
            with engine.connect() as connection:
                return read_clock(connection)
        finally:
            engine.dispose()

    def afterglow(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an `afterglow` command against this stack."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "services.launcher", *words],
            env=self.env, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def graphql(
        self, query: str, variables: Mapping[str, Any] | None = None, *, key: str | None = None
    ) -> dict[str, Any]:
        """Post an operation; the whole answer, whatever its status. Without `key`, the demo key."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers["Authorization"] = f"Bearer {key or self.key}"
        body = json.dumps({"query": query, "variables": dict(variables or {})}).encode()
        request = urllib.request.Request(self.graphql_url, body, headers)  # noqa: S310 - our own http address
        try:
            answer = urllib.request.urlopen(request, timeout=30)  # noqa: S310 - our own http address
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            response: dict[str, Any] = json.load(answer)
        return response

    def messages(self, **filters: str) -> list[dict[str, Any]]:
        """What arrived at the sandbox, oldest first; filter by `to` and `channel`."""
        url = f"{self.sandbox_url}/messages.json?{urlencode(filters)}"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own http address
            messages: list[dict[str, Any]] = json.load(answer)
        return messages
