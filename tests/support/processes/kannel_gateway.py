"""A real Kannel: bearerbox, smsbox, and its own stand-in for an SMS center."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from tests.support.processes.optional_tools import is_missing

BEARERBOX = Path("/usr/sbin/bearerbox")
SMSBOX = Path("/usr/sbin/smsbox")
FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")
USERNAME, PASSWORD = "clinic", "secret"

_CONFIGURATION = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = center
port = {center}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = {username}
password = {password}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
accepted-smsc = center
max-messages = 0
get-url = "{inbound}&id=%I&from=%p&to=%P&charset=%C&text=%a"
"""


def need_kannel() -> None:
    """Skip the test where there is no Kannel; where all tools must be, fail."""
    if all(path.exists() for path in (BEARERBOX, SMSBOX, FAKE_SMSC)):
        return
    is_missing("Kannel (Debian packages kannel and kannel-extras)")


class KannelGateway:
    """`sendsms_url` takes texts. The SMS center behind it may be down."""

    def __init__(self, folder: Path, inbound_url: str) -> None:
        self._folder = folder
        self._ports = dict(
            zip(("admin", "smsbox", "center", "sendsms"), _free_ports(4), strict=True)
        )
        self._file = folder / "kannel.conf"
        self._file.write_text(
            _CONFIGURATION.format(
                **self._ports,
                username=USERNAME,
                password=PASSWORD,
                inbound=inbound_url,
            )
        )
        self.sendsms_url = f"http://127.0.0.1:{self._ports['sendsms']}/cgi-bin/sendsms"

    @contextmanager
    def running(self) -> Iterator["KannelGateway"]:
        with ExitStack() as started:
            for program, port in ((BEARERBOX, "smsbox"), (SMSBOX, "sendsms")):
                started.enter_context(self._process([program, "-v", "2", self._file]))
                _await(partial(_listens, self._ports[port]))
            yield self

    @contextmanager
    def provider(self, *texts: str) -> Iterator[Path]:
        """Run an SMS center that sends `texts` in its own form. Yields its log."""
        port = str(self._ports["center"])
        messages = texts or ("1 2 text nobody says this",)
        times = ("-i", "0.05", "-m", str(len(texts)))
        command: Sequence[str | Path] = [
            FAKE_SMSC,
            "-H",
            "127.0.0.1",
            "-r",
            port,
            *times,
            *messages,
        ]
        with self._process(command) as log:
            _await(lambda: b"starting" in log.read_bytes())
            yield log

    @contextmanager
    def _process(self, command: Sequence[str | Path]) -> Iterator[Path]:
        path = self._folder / f"{Path(command[0]).name}.log"
        with path.open("wb") as log, _running(command, log):
            yield path


@contextmanager
def _running(command: Sequence[str | Path], log: IO[bytes]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ours, of the system
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # smsbox waits for a bearerbox that is gone
            process.kill()
            process.wait()


def got(log: Path, count: int) -> list[str]:
    """Wait for `count` messages at the SMS center. Each is `from to kind text`.

    Kannel accepts a message before it passes it on, so the center must still run.
    """
    _await(lambda: len(_messages(log)) >= count)
    return _messages(log)


def _messages(log: Path) -> list[str]:
    whole, _, _ = log.read_bytes().rpartition(b"\n")
    lines = whole.decode("utf-8", "replace").splitlines()
    return [line.split(": <", 1)[1].removesuffix(">") for line in lines if "Got message" in line]


def _await(is_so: Callable[[], bool], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, f"Kannel did not get there in {within} s"
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for connection in sockets:
            connection.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
