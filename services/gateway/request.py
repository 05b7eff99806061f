"""The context of one GraphQL request, for its resolvers."""

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
    """The context of one HTTP request; `snapshot` stays the same throughout.

    `now` returns product time. `command_key` is the secret that command ids are derived from.
    `idempotency_key` is the header of that name.
    """

    viewer: Viewer
    snapshot: Snapshot | None
    client: ServiceClient
    cursors: CursorSigner
    command_key: bytes = field(repr=False)
    now: Callable[[], Awaitable[datetime]]
    people: People
    idempotency_key: str | None = None

    @property
    def scope(self) -> Scope:
        """The data that services may show to this viewer.

        Only for viewers with a clinic: access rules of private fields admit no others.
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
