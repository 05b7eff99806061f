"""The processes that chaos tests break, with the sandbox for a provider."""

import json
import signal
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from typing import Any

import msgspec

from services.chassis.database import open_engine
from services.launcher.processes import wait_until
from tests.chaos.failpoints import Failpoint
from tests.chaos.process import Orders
from tests.support.processes.process_stack import ProcessStack, Seat, listens, python


class ChaosStack:
    """Two workers and two dispatchers; a service and a gateway, so that receipts come home."""

    def __init__(self, processes: ProcessStack) -> None:
        self.processes = processes
        self.engine = open_engine(processes.postgres_url, application_name="chaos")
        self.vault = processes.vault
        self._sleepers: list[tuple[float, Seat]] = []
        self._absent: dict[str, float] = {}
        self.people = 0
        processes.afterglow("sandbox", "serve", "sandbox").start()
        processes.afterglow("service", "serve", "reminders").start()
        processes.afterglow("gateway", "serve", "gateway").start()
        for bind in (processes.sandbox, processes.gateway):
            assert wait_until(listens(bind), 60.0)

    def phones(self, count: int) -> int:
        """The first of so many numbers that no stage has used."""
        first = self.people
        self.people += count
        return first

    def crew(
        self,
        *,
        workers: int = 2,
        dispatchers: int = 2,
        mutant: str | None = None,
        failpoint: Failpoint | None = None,
    ) -> None:
        """Start workers and dispatchers; the failpoint is in the first worker."""
        for n in range(1, dispatchers + 1):
            self._hire(f"dispatcher-{n}", "dispatcher", Orders(mutant=mutant))
        for n in range(1, workers + 1):
            armed = failpoint if n == 1 else None
            self._hire(f"worker-{n}", "worker", Orders(mutant=mutant, failpoint=armed))

    def dismiss(self) -> None:
        """Stop workers and dispatchers, well and in order."""
        self.wake_all()
        names = self.names("worker", "dispatcher")
        for name in names:
            self.processes.seats[name].send(signal.SIGTERM)
        for name in names:
            self.processes.seats.pop(name).end(signal.SIGTERM, within=16)
        self._absent.clear()

    def names(self, *kinds: str) -> list[str]:
        return [name for name in self.processes.seats if name.partition("-")[0] in kinds]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL, back_in: float = 0) -> None:
        self.processes.seats[name].end(number, within=16)
        self._absent[name] = time.monotonic() + back_in

    def stop_for(self, name: str, seconds: float) -> None:
        """SIGSTOP: a process that sleeps through its leases and wakes as a zombie."""
        seat = self.processes.seats[name]
        seat.send(signal.SIGSTOP)
        self._sleepers.append((time.monotonic() + seconds, seat))

    def wake_all(self) -> None:
        for _, seat in self._sleepers:
            seat.send(signal.SIGCONT)
        self._sleepers.clear()

    def look_after(self) -> None:
        """Start again what is gone, as a supervisor would, and wake whose time has come."""
        now = time.monotonic()
        for at, seat in self._sleepers:
            if at <= now:
                seat.send(signal.SIGCONT)
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > now]
        for name, seat in self.processes.seats.items():
            if not seat.is_running and self._absent.get(name, 0) <= now:
                seat.start()

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.look_after()
            time.sleep(0.05)

    def faults(self, **faults: Any) -> None:
        request = urllib.request.Request(
            f"http://{self.processes.sandbox}/faults.json",
            json.dumps(faults).encode(),
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - same

    def text_stop(self, phones: Iterable[str]) -> None:
        for phone in phones:
            text = {
                "phone": phone,
                "text": "STOP",
                "clinic_number": self.processes.env["TWILIO_FROM"],
            }
            form = urllib.parse.urlencode(text).encode()
            url = f"http://{self.processes.sandbox}/replies"
            urllib.request.urlopen(url, form, timeout=10).close()

    def arrived(self) -> list[dict[str, Any]]:
        """Return the messages at the provider, oldest first."""
        url = f"http://{self.processes.sandbox}/messages.json?channel=SMS"
        with urllib.request.urlopen(url, timeout=20) as answer:
            messages: list[dict[str, Any]] = json.load(answer)
        return messages

    def close(self) -> None:
        self.wake_all()
        self.engine.dispose()

    def _hire(self, name: str, role: str, orders: Orders) -> None:
        argv = python("tests.chaos.process", role)
        self.processes.seat(name, argv, CHAOS=msgspec.json.encode(orders).decode()).start()
