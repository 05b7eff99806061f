"""Field resolvers that answer for many parents at once, with their access rule beside them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import GraphQLResolveInfo

Values = Sequence[Any]
Resolve = Callable[[Sequence[Any], Mapping[str, Any], Any], Values | Awaitable[Values]]


class FieldRefused(Exception):
    """A field that will not be answered, for a reason its asker may read.

    `code` drives logic; `message` is safe to show.
    """

    def __init__(
        self, code: str, message: str, extensions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: dict[str, Any] = {**(extensions or {}), "code": code}


Rule = Callable[[Any], FieldRefused | None]
"""Given the request: why the field is refused, or None."""


def anyone(_request: Any) -> FieldRefused | None:  # noqa: ANN401 - a rule knows its request, we do not
    """Let everyone read the field."""
    return None


@dataclass(frozen=True, slots=True)
class Batched:
    """A field's resolver.

    `resolve(parents, args, request)` answers one value for each parent, in their order; a value
    that is an exception fails that parent's field alone, an exception raised fails all of them.
    `args` are coerced; an optional argument that was not given is no key. A field of the query
    root that is `post_only` never has its arguments in an address, where they would be logged.
    """

    resolve: Resolve
    access: Rule
    post_only: bool = False

    def __call__(self, parent: Any, info: GraphQLResolveInfo, **args: Any) -> Any:  # noqa: ANN401 - graphql-core's own signature
        """Answer for one parent, as graphql-core asks."""
        refused = self.access(info.context)
        if refused is not None:
            raise refused
        values = self.resolve([parent], args, info.context)
        return _only_later(values) if isawaitable(values) else _only(values)


async def _only_later(values: Awaitable[Values]) -> Any:  # noqa: ANN401 - a field's value
    return _only(await values)


def _only(values: Values) -> Any:  # noqa: ANN401 - a field's value
    (value,) = values
    if isinstance(value, Exception):
        raise value
    return value
