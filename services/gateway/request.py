"""What a resolver knows of the request it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from services.chassis.ask import ServiceClient
from services.contracts.reminders import Scope
from services.gateway.cursors import CursorSigner
from services.gateway.identity.people import People
from services.gateway.identity.viewer import Viewer
from services.gateway.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """One for each HTTP request; `snapshot` stays the same for all of it.

    `now` answers with product time. `command_key` is the secret that ids of commands are made
    with. `idempotency_key` and `accept_language` are the headers of that name.
    """

    id: str
    viewer: Viewer
    snapshot: Snapshot | None
    client: ServiceClient
    cursors: CursorSigner
    command_key: bytes = field(repr=False)
    now: Callable[[], Awaitable[datetime]]
    people: People
    idempotency_key: str | None = None
    accept_language: str | None = None

    @property
    def scope(self) -> Scope:
        """What the services may show this viewer.

        Only for viewers with a clinic: the access rules of private fields let no other in.
        """
        viewer = self.viewer
        if viewer.clinic_id is None or viewer.mode is None or viewer.role is None:
            raise LookupError("a viewer without a clinic has no scope")
        return Scope(
            clinic_id=viewer.clinic_id,
            mode=viewer.mode,
            role=viewer.role,
            actor=f"key:{viewer.key_id}",
        )
