"""`afterglow up`: runs the whole product on one machine."""

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

import msgspec
import sqlalchemy as sa

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import load
from services.contracts.content import PublishCatalog
from services.launcher import ports
from services.launcher.connection import require_redis, service_client
from services.launcher.database import (
    has_schemas,
    migrate_all,
    read_clock,
    require_database,
    set_clock_rate,
)
from services.launcher.demo import demo_clinic, demo_key, sign_off_for_demo
from services.launcher.embedded import postgres, valkey
from services.launcher.faults import LauncherFault
from services.launcher.home import ChildRecord, Home, home_path
from services.launcher.output import Output
from services.launcher.printing import conflict_lines
from services.launcher.processes import wait_until
from services.launcher.programs import (
    POSTGRES_RANK,
    VALKEY_RANK,
    gateway_is_ready,
    service_programs,
)
from services.launcher.settings import UpSettings, process_environment, settings_in
from services.launcher.supervisor import Supervisor, end_orphans
from services.launcher.welcome import welcome, welcome_in_production

_PUBLISH_SECONDS = 30.0
_READY_SECONDS = 20.0


class StopRequested(Exception):
    """A signal asked the launcher to stop."""


class Machine:
    """Everything that runs from one home. Call the methods in their order."""

    def __init__(
        self, home: Home, settings: UpSettings, environ: Mapping[str, str], output: Output
    ) -> None:
        self._home = home
        self._settings = settings
        self._output = output
        self.secrets = home.secrets()
        self.supervisor = Supervisor(output, self._record)
        self.environment = process_environment(settings, home, self.secrets, environ)
        self.is_first = True

    def clear_the_way(self) -> None:
        """End the processes of a killed launcher, and check that our ports are free."""
        for name in end_orphans(self._home.state().children):
            self._output.say(f"{name} was still running from a launcher that was killed; ended it.")
        settings = self._settings
        binds = {"GATEWAY_BIND": (settings.gateway_bind, "the gateway")}
        binds["MAIL_BIND"] = (settings.mail_bind, "the mail listener")
        binds["MAIL_HEALTH_BIND"] = (settings.mail_health_bind, "the mail listener")
        if settings.is_development:
            binds["SANDBOX_BIND"] = (settings.sandbox_bind, "the sandbox")
            binds["SANDBOX_SMTP_BIND"] = (settings.sandbox_smtp_bind, "the sandbox")
        for setting, (bind, purpose) in binds.items():
            ports.require_free(bind, setting=setting, purpose=purpose)

    def start_servers(self) -> None:
        """Start the database and Redis, unless the settings name others. Upgrade the schemas."""
        if not self._settings.database_url:
            self._start_postgres()
        if not self._settings.redis_url:
            self._start_valkey()
        require_database(self.environment["DATABASE_URL"])
        require_redis(self.environment["REDIS_URL"])
        self.is_first = not has_schemas(self.environment["DATABASE_URL"])
        migrate_all(self.environment["DATABASE_URL"])
        self._set_clock_rate(self._settings.clock_rate)

    def start_services(self, client: ThreadedAskClient) -> None:
        """Start our processes and publish the shipped catalog."""
        with_sandbox = self._settings.is_development
        self.supervisor.start(service_programs(self.environment, client, with_sandbox=with_sandbox))
        published = client.ask(PublishCatalog(only_new=True), timeout=_PUBLISH_SECONDS)
        if published.problems:
            words = "\n".join(f"{fault.where}: {fault.what}" for fault in published.problems)
            raise LauncherFault(f"The catalog has faults and was not published:\n{words}")
        for line in conflict_lines(published.conflicts):
            self._output.say(line)
        if not wait_until(lambda: gateway_is_ready(self.environment), _READY_SECONDS):
            raise LauncherFault(
                f"The gateway does not become ready; its log in {self._home.logs} says why."
            )

    def greeting(self, client: ThreadedAskClient) -> str:
        """Return the text for the operator. In development this creates a demo clinic and key."""
        graphql_url = f"http://{self._settings.gateway_bind}/graphql"
        if not self._settings.is_development:
            return welcome_in_production(graphql_url=graphql_url)
        clinic = demo_clinic(client)
        sign_off_for_demo(client, clinic)
        key = demo_key(client, clinic, self.secrets)
        self.secrets = msgspec.structs.replace(self.secrets, demo_key=key)
        self._home.keep_secrets(self.secrets)
        return welcome(
            graphql_url=graphql_url,
            sandbox_url=f"http://{self._settings.sandbox_bind}",
            key=key,
            clock=read_clock(self.environment["DATABASE_URL"]),
            is_first=self.is_first,
        )

    def forget(self) -> None:
        # a full disk must not hide the reason for stopping
        with contextlib.suppress(LauncherFault):
            self._home.change_state(children=(), environment={})

    def _start_postgres(self) -> None:
        server = postgres.prepare(
            self._home.data, port=self._port("postgres"), password=self.secrets.postgres_password
        )
        for note in server.notes:
            self._output.say(note)
        self.environment["DATABASE_URL"] = server.url()
        self.supervisor.start([server.program(POSTGRES_RANK)], timeout=60.0)
        server.create_database()

    def _start_valkey(self) -> None:
        server = valkey.prepare(
            self._home.data, port=self._port("valkey"), password=self.secrets.valkey_password
        )
        self.environment["REDIS_URL"] = server.url()
        self.supervisor.start([server.program(VALKEY_RANK)])

    def _port(self, name: str) -> int:
        kept = self._home.state().ports
        port = ports.keep_or_choose(kept.get(name))
        self._home.change_state(ports=kept | {name: port})
        return port

    def slow_the_clock(self) -> None:
        """Let a fast clock run in real time while nothing runs, or a night would be years."""
        if self._settings.clock_rate != 1 and "DATABASE_URL" in self.environment:
            # the database may be the reason for stopping
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                self._set_clock_rate(1)

    def _set_clock_rate(self, rate: float) -> None:
        if self._settings.is_development:
            set_clock_rate(self.environment["DATABASE_URL"], rate)

    def _record(self, children: Sequence[ChildRecord]) -> None:
        try:
            self._home.change_state(
                children=tuple(children), environment=settings_in(self.environment)
            )
        except LauncherFault as fault:
            self._output.say(str(fault))  # the processes keep running


def up(environ: Mapping[str, str], output: Output | None = None) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP. Raises LauncherFault if it cannot."""
    settings = load(UpSettings, environ)
    home = Home(home_path(environ))
    output = output or Output.on_terminal(home.logs)
    with home.locked():
        machine = Machine(home, settings, environ, output)
        with (
            _stop_signals(machine.supervisor) as stop_requested,
            contextlib.suppress(StopRequested),
        ):
            try:
                _run(machine, output)
            finally:
                stop_requested.set()
                if machine.supervisor.running():
                    output.say("Stopping; a second Ctrl-C hurries it.")
                machine.slow_the_clock()
                machine.supervisor.stop()
                machine.forget()
                output.close()


def _run(machine: Machine, output: Output) -> None:
    machine.clear_the_way()
    machine.start_servers()
    with service_client(machine.environment) as client:
        machine.start_services(client)
        output.announce(machine.greeting(client))
    threading.Event().wait()


@contextlib.contextmanager
def _stop_signals(supervisor: Supervisor) -> Iterator[threading.Event]:
    """Handle signals: the first one interrupts, and the next one hurries the stop."""
    stop_requested = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop_requested.is_set():
            supervisor.hurry()
        else:
            stop_requested.set()
            raise StopRequested

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield stop_requested
    finally:
        for number, former in before.items():
            signal.signal(number, former)
