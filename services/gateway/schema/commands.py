"""What mutations have in common: command ids, and mutations of one entity."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec

from services.contracts.ask import Command
from services.contracts.reminders import Scope
from services.gateway.execution.batched import Resolve
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.payloads import Result
from services.gateway.schema.refusals.values import UserError, camel_case, not_found
from services.gateway.schema.texts import text_faults

R = TypeVar("R")
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


def _refused(errors: Sequence[UserError]) -> object:
    return Result(user_errors=errors)


@dataclass(frozen=True, slots=True)
class EntityMutation(Generic[R]):
    """The mutations of what an input names by an id: the `noun` "task" by `task_id`.

    `kind` is its type. `result` turns a reply into the value of the payload, `refused` errors in
    the input.
    """

    kind: str
    noun: str
    result: Callable[[R, GatewayRequest], object]
    refused: Callable[[Sequence[UserError]], object] = _refused

    def resolver(
        self, command_of: Callable[[Scope, int, InputData], Command[R]], *texts: str
    ) -> Resolve:
        """Make the resolver of a mutation that sends one command.

        `command_of` gets the number of the entity and the input, after the input's `texts` were
        checked.
        """

        async def resolve(
            _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
        ) -> list[object]:
            number, faults = self._number(args["input"], texts)
            if number is None or faults:
                return [self.refused(faults)]
            command = command_of(request.scope, number, args["input"])
            return [self.result(await carry_out(command, request), request)]

        return resolve

    def _number(self, data: InputData, texts: Sequence[str]) -> tuple[int | None, list[UserError]]:
        """Return the number of the entity, and everything that is wrong with the input."""
        name = f"{self.noun}_id"
        faults: list[UserError] = [*text_faults(data, texts)]
        number = ids.decode_number(self.kind, data[name])
        if number is None:
            faults.append(not_found(f"There is no such {self.noun}.", camel_case(name)))
        return number, faults
