"""How a use case refuses a command."""

from services.contracts.errors import Refusal, UserErrorCode


def refuse(
    code: UserErrorCode, message: str, *path: str, existing_id: int | None = None
) -> Refusal:
    """Refuse with a message that is safe to show. `path` names fields as the command does."""
    return Refusal(code=code, message=message, path=path or None, existing_id=existing_id)
