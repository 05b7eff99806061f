"""What mutations have in common."""

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
from services.gateway.schema.refusals.values import UserError, camel_case, not_found
from services.gateway.schema.texts import text_faults

R = TypeVar("R")
Given = Mapping[str, Any]


async def carry_out(command: Command[R], request: GatewayRequest) -> R:
    """Ask for it, once for each Idempotency-Key."""
    return await request.client.ask(command, command_id=command_id(request, command))


def command_key(secret: str) -> bytes:
    """Derive the key of `command_id`. A change of it makes repeated requests look new."""
    return sha256(b"cursors:" + secret.encode()).digest()


def command_id(request: GatewayRequest, command: Command[Any]) -> str | None:
    """The same for a repeated request with the same Idempotency-Key and input; else None.

    None also for a command with a key of its own: the service knows that one. Keyed with a
    secret: the input is personal, and its plain hash could be guessed from.
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
class Subject(Generic[R]):
    """What a mutation's input names by an id: the `noun` "task" by `task_id`.

    `kind` is its type. `answered` makes the payload's value of a reply, `refused` that of errors
    in the input.
    """

    kind: str
    noun: str
    answered: Callable[[R, GatewayRequest], object]
    refused: Callable[[Sequence[UserError]], object]

    def does(self, command_of: Callable[[Scope, int, Given], Command[R]], *texts: str) -> Resolve:
        """Resolve a mutation that commands one thing of its subject.

        `command_of` is given the subject's number and the input, whose `texts` are usable.
        """

        async def resolve(
            _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
        ) -> list[object]:
            number, faults = self._number(args["input"], texts)
            if number is None or faults:
                return [self.refused(faults)]
            command = command_of(request.scope, number, args["input"])
            return [self.answered(await carry_out(command, request), request)]

        return resolve

    def _number(self, given: Given, texts: Sequence[str]) -> tuple[int | None, list[UserError]]:
        """The number of what is named, and all that is wrong with the input."""
        name = f"{self.noun}_id"
        faults: list[UserError] = [*text_faults(given, texts)]
        number = ids.decode_number(self.kind, given[name])
        if number is None:
            faults.append(not_found(f"There is no such {self.noun}.", camel_case(name)))
        return number, faults
