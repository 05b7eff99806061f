"""How a use case says no."""

from services.contracts.errors import Refusal, UserErrorCode


def refuse(
    code: UserErrorCode, message: str, *path: str, existing_id: int | None = None
) -> Refusal:
    """Refuse with a message safe to show; `path` names fields as the command declares them."""
    return Refusal(code=code, message=message, path=path or None, existing_id=existing_id)
