"""What failures cost: which nulls they leave, and which errors are told.

Walks the response in the order in which graphql-core would have come across the failures, so
both tell the same. Only responses with failures are walked.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    located_error,
)

from services.gateway.execution.completion import Failure
from services.gateway.execution.plan import FieldPlan, SelectionPlan

Path = tuple[str | int, ...]


class Settling:
    """Collects the errors of one response. `kinds` tells what objects of abstract type are."""

    def __init__(self, kinds: Mapping[int, SelectionPlan]) -> None:
        self.errors: list[GraphQLError] = []
        self._kinds = kinds

    def settle_root(self, selection: SelectionPlan, data: dict[str, Any]) -> bool:
        """Put nulls in place of failures; False when the whole response is null."""
        try:
            self._object(selection, data, ())
        except GraphQLError as error:
            self.errors.append(error)
            return False
        return True

    def _object(self, selection: SelectionPlan, placed: dict[str, Any], path: Path) -> None:
        for field in selection.fields:
            key = field.key
            placed[key] = self._value(field.definition.type, placed[key], field, (*path, key))

    def _value(self, type_: GraphQLOutputType, value: Any, field: FieldPlan, path: Path) -> Any:  # noqa: ANN401 - a response value
        """Catch failures here when the position may be null, else hand them up."""
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, value, field, path)
        try:
            return self._present(type_, value, field, path)
        except GraphQLError as error:
            self.errors.append(error)
            return None

    def _present(self, type_: GraphQLOutputType, value: Any, field: FieldPlan, path: Path) -> Any:  # noqa: ANN401 - a response value
        if isinstance(value, Failure):
            raise located_error(value.error, field.nodes, list(path))
        if isinstance(value, list) and isinstance(type_, GraphQLList):
            inner = type_.of_type
            return [self._value(inner, each, field, (*path, i)) for i, each in enumerate(value)]
        if isinstance(value, dict):
            selection = self._selection(type_, value, field)
            if selection is not None:
                self._object(selection, value, path)
        return value

    def _selection(
        self, type_: GraphQLOutputType, value: dict[str, Any], field: FieldPlan
    ) -> SelectionPlan | None:
        """None for a scalar that happens to be a dict."""
        if isinstance(type_, GraphQLObjectType):
            return field.selection_on(type_)
        return self._kinds.get(id(value)) if is_abstract_type(type_) else None
