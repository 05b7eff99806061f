"""What mutations have in common: command ids, and mutations of one entity."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from services.contracts.ask import Command
from services.contracts.errors import Refusal
from services.gateway.execution.batched import Batched, Rule
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.fields import at_root
from services.gateway.schema.inputs import not_found, struct_of, text_faults

R = TypeVar("R")
C = TypeVar("C", bound=Command[Any])
InputData = Mapping[str, Any]


async def carry_out(command: Command[R], request: GatewayRequest) -> R:
    """Send the command; it is carried out once for each Idempotency-Key."""
    return await request.client.ask(command, command_id=command_id(request, command))


def command_key(secret: str) -> bytes:
    """Derive the key of `command_id`. If it changes, repeated requests look new."""
    return sha256(b"cursors:" + secret.encode()).digest()


def command_id(request: GatewayRequest, command: Command[Any]) -> str | None:
    """Make the same id for a repeated request with the same Idempotency-Key and input.

    Returns None without such a key, and for a command with a key of its own, which the service
    checks. The id is keyed with a secret: the input is personal and could be guessed from a plain
    hash.
    """
    if request.idempotency_key is None or getattr(command, "idempotency_key", None):
        return None
    parts = (
        str(request.viewer.key_id).encode(),
        request.idempotency_key.encode(),
        type(command).__name__.encode(),
        msgspec.msgpack.encode(command),
    )
    return hmac.digest(request.command_key, msgspec.msgpack.encode(parts), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Entity:
    """A type of records that inputs name by an id: the `noun` "task", of type `kind`, by `task_id`.

    Refused inputs get the same reply as commands that a service refuses.
    """

    kind: str
    noun: str

    @property
    def id_name(self) -> str:
        return f"{self.noun.replace('-', '_')}_id"

    def number(self, data: InputData) -> int | None:
        return ids.decode_number(self.kind, data[self.id_name])

    def faults(self, data: InputData) -> list[Refusal]:
        """Return an error if the id is not of this type."""
        is_id = self.number(data) is not None
        return [] if is_id else [not_found(f"There is no such {self.noun}.", self.id_name)]

    def command(self, kind: type[C], data: InputData, request: GatewayRequest) -> C:
        """Make a command about the record of the fields that the input shares with it."""
        return struct_of(kind, data, scope=request.scope, **{self.id_name: self.number(data)})

    async def send(
        self, kind: type[Command[R]], data: InputData, request: GatewayRequest, *texts: str
    ) -> R:
        """Send a command about the record, after the input's `texts` and its id were checked."""
        faults = [*text_faults(data, texts), *self.faults(data)]
        if faults:
            return refused(kind, faults)
        return await carry_out(self.command(kind, data, request), request)

    def mutation(self, kind: type[Command[Any]], access: Rule, *texts: str) -> Batched:
        """Resolve a mutation that sends one command."""
        return at_root(
            lambda args, request: self.send(kind, args["input"], request, *texts), access
        )


PATIENT: Final = Entity("Patient", "patient")


def refused(kind: type[Command[R]], faults: Sequence[Refusal]) -> R:
    """Return the reply to a command that is not sent because of these faults in its input."""
    return msgspec.convert({"refusals": faults}, kind.reply_type())
