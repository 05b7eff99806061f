"""Makes a struct from another one, or from a row."""

from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def struct_from(kind: type[S], source: object, **others: Any) -> S:  # noqa: ANN401 - of the fields' types
    """Fill fields with the attributes of `source` that have their names, except `others`.

    Raises AttributeError if `source` has no such attribute.
    """
    names = (name for name in kind.__struct_fields__ if name not in others)
    return kind(**{name: getattr(source, name) for name in names}, **others)
