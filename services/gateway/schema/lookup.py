"""Looking one thing up by one of several names."""

from collections.abc import Mapping
from typing import Any

from services.gateway.execution.batched import FieldRefused


def one_of(args: Mapping[str, Any], *names: str) -> str:
    """The only argument given; raises FieldRefused, BAD_USER_INPUT, for none or several."""
    given = [name for name in names if args.get(name) is not None]
    if len(given) != 1:
        raise FieldRefused("BAD_USER_INPUT", f"Give one of {', '.join(names)}.")
    return given[0]
