"""Expected refusals as values of the schema."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.contracts.errors import Refusal, UserErrorCode


@dataclass(frozen=True, slots=True)
class InputError:
    message: str
    path: Sequence[str] | None
    code: UserErrorCode


@dataclass(frozen=True, slots=True)
class NotFoundError:
    message: str
    path: Sequence[str] | None
    code: UserErrorCode


@dataclass(frozen=True, slots=True)
class ConflictError:
    """`existing_id` is the number of a record of this kind."""

    message: str
    path: Sequence[str] | None
    code: UserErrorCode
    kind: str
    existing_id: int | None


UserError = InputError | NotFoundError | ConflictError


def user_errors(refusals: Iterable[Refusal], kind: str) -> list[UserError]:
    """Translate refusals; `kind` is the type of a conflicting record, such as Patient."""
    return [_user_error(refusal, kind) for refusal in refusals]


def _user_error(refusal: Refusal, kind: str) -> UserError:
    path = None if refusal.path is None else [camel_case(part) for part in refusal.path]
    if refusal.code == UserErrorCode.CONFLICT:
        return ConflictError(refusal.message, path, refusal.code, kind, refusal.existing_id)
    if refusal.code == UserErrorCode.NOT_FOUND:
        return NotFoundError(refusal.message, path, refusal.code)
    return InputError(refusal.message, path, refusal.code)


def camel_case(name: str) -> str:
    """Return the schema's name for a Python name."""
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def invalid(message: str, *path: str) -> InputError:
    return InputError(message, list(path), UserErrorCode.INVALID)


def not_found(message: str, *path: str) -> NotFoundError:
    return NotFoundError(message, list(path), UserErrorCode.NOT_FOUND)
