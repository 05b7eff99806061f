"""Null propagation: which nulls a failure leaves in the response, and which errors it adds.

The response is walked in the order in which graphql-core would meet the failures, so both report
the same errors. Only a response with failures is walked.
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


class NullPropagation:
    """Collects the errors of one response.

    `selections` holds the selection of each object of abstract type, by the object's `id()`.
    """

    def __init__(self, selections: Mapping[int, SelectionPlan]) -> None:
        self.errors: list[GraphQLError] = []
        self._selections = selections

    def apply(self, selection: SelectionPlan, data: dict[str, Any]) -> bool:
        """Replace failures with nulls. Returns False if the whole response becomes null."""
        try:
            self._object(selection, data, ())
        except GraphQLError as error:
            self.errors.append(error)
            return False
        return True

    def _object(self, selection: SelectionPlan, result: dict[str, Any], path: Path) -> None:
        for field in selection.fields:
            key = field.key
            result[key] = self._value(field.definition.type, result[key], field, (*path, key))

    def _value(self, type_: GraphQLOutputType, value: Any, field: FieldPlan, path: Path) -> Any:  # noqa: ANN401 - a response value
        """Stop a failure at a nullable position; otherwise let it propagate to the parent."""
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
            item_type = type_.of_type
            return [
                self._value(item_type, item, field, (*path, index))
                for index, item in enumerate(value)
            ]
        if isinstance(value, dict):
            selection = self._selection(type_, value, field)
            if selection is not None:
                self._object(selection, value, path)
        return value

    def _selection(
        self, type_: GraphQLOutputType, value: dict[str, Any], field: FieldPlan
    ) -> SelectionPlan | None:
        """Return None for a scalar whose value is a dict."""
        if isinstance(type_, GraphQLObjectType):
            return field.selection_on(type_)
        return self._selections.get(id(value)) if is_abstract_type(type_) else None
