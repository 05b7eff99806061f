"""Field resolvers that resolve a field for many parents at once, with their access rule."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import GraphQLResolveInfo

Values = Sequence[Any]
Resolve = Callable[[Sequence[Any], Mapping[str, Any], Any], Values | Awaitable[Values]]


class FieldRefused(Exception):
    """The field is refused, for a reason that the client may read.

    Clients branch on `code`; `message` is safe to show.
    """

    def __init__(
        self, code: str, message: str, extensions: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: dict[str, Any] = {**(extensions or {}), "code": code}


Rule = Callable[[Any], FieldRefused | None]
"""Returns why the field is refused for a request, or None if it is allowed."""


def anyone(_request: Any) -> FieldRefused | None:  # noqa: ANN401 - a rule knows its request, we do not
    """Let everyone read the field."""
    return None


@dataclass(frozen=True, slots=True)
class Batched:
    """A field's resolver.

    `resolve(parents, args, request)` returns one value per parent, in the order of the parents. A
    value that is an exception fails the field of that parent only; a raised exception fails the
    field of all parents. `args` are coerced, and an optional argument that the document leaves out
    has no key. A `post_only` field of the query root is refused in a GET request, because URLs are
    logged.
    """

    resolve: Resolve
    access: Rule
    post_only: bool = False

    def __call__(self, parent: Any, info: GraphQLResolveInfo, **args: Any) -> Any:  # noqa: ANN401 - graphql-core's own signature
        """Resolve the field for one parent: graphql-core calls resolvers this way."""
        refused = self.access(info.context)
        if refused is not None:
            raise refused
        values = self.resolve([parent], args, info.context)
        return _only_value_later(values) if isawaitable(values) else _only_value(values)


async def _only_value_later(values: Awaitable[Values]) -> Any:  # noqa: ANN401 - a field's value
    return _only_value(await values)


def _only_value(values: Values) -> Any:  # noqa: ANN401 - a field's value
    (value,) = values
    if isinstance(value, Exception):
        raise value
    return value
