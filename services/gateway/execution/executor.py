"""Executes checked documents."""

from collections.abc import Mapping
from functools import partial
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
    execute,
    is_abstract_type,
    located_error,
)

from services.gateway.execution.completion import Failure, completer_of
from services.gateway.execution.plan import (
    FieldNotPlannable,
    FieldPlan,
    Operation,
    Planner,
    SelectionPlan,
    operations_of,
    source_of,
)
from services.gateway.execution.run import Group, Run
from services.gateway.execution.variables import Variables

Path = tuple[str | int, ...]


class NullPropagation:
    """Which nulls the failures of one response leave in it, and the errors that they add.

    The response is walked in the order in which graphql-core would meet the failures, so both
    report the same errors. Only a response with failures is walked.
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


INTROSPECTION = frozenset({"__schema", "__type"})


class Executor:
    """Executes operations of one schema. The `request` is passed to resolvers as it is."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._completer_of = partial(completer_of, schema)
        self._unplannable_fields = {*INTROSPECTION, *_unplannable_fields(schema)}

    def prepare(self, document: DocumentNode) -> dict[str | None, Operation]:
        """Return the operations of a valid document, by name."""
        return operations_of(document, self._unplannable_fields)

    async def execute(
        self,
        operation: Operation,
        variables: Variables,
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> ExecutionResult:
        """Return data and errors; the errors are not masked yet."""
        if not operation.is_plannable:
            return await self._execute_by_core(operation, variables, request)
        coerced = variables.coerced
        run = Run(self.schema, operation.definition, operation.fragments, coerced, request)
        root = self._plan(operation, coerced)
        if operation.definition.operation is OperationType.MUTATION:
            return await _execute_serially(run, root)
        group = _root_group(root)
        await run.fill(group)
        nulls = NullPropagation(run.selections)
        (data,) = group.results
        if run.has_failed and not nulls.apply(root, data):
            return _result(None, nulls)
        return _result(data, nulls)

    def _plan(self, operation: Operation, variables: dict[str, Any]) -> SelectionPlan:
        plan = operation.plan_for(variables)
        if plan is None:
            planner = Planner(self.schema, operation.fragments, variables, self._completer_of)
            plan = planner.root(operation.definition)
            operation.remember(variables, plan)
        return plan

    async def _execute_by_core(
        self,
        operation: Operation,
        variables: Variables,
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> ExecutionResult:
        result = execute(
            self.schema,
            operation.document,
            context_value=request,
            variable_values=dict(variables.raw),
            operation_name=operation.name,
            hide_suggestions=True,
        )
        return await result if isawaitable(result) else result


async def _execute_serially(run: Run, root: SelectionPlan) -> ExecutionResult:
    """Execute root fields one after the other; stop once the whole response is null."""
    data: dict[str, Any] = {}
    nulls = NullPropagation(run.selections)
    for field in root.fields:
        part = SelectionPlan(root.object_type, [field])
        group = _root_group(part)
        await run.fill(group)
        (result,) = group.results
        if run.has_failed and not nulls.apply(part, result):
            return _result(None, nulls)
        data |= result
    return _result(data, nulls)


def _root_group(selection: SelectionPlan) -> Group:
    group = Group(selection)
    group.parents.append(None)
    group.results.append(selection.template.copy())
    return group


def _result(data: dict[str, Any] | None, nulls: NullPropagation) -> ExecutionResult:
    errors = nulls.errors
    errors.sort(key=lambda error: (error.locations or [], error.path or [], error.message))
    return ExecutionResult(data, errors or None)


def _unplannable_fields(schema: GraphQLSchema) -> set[str]:
    names: set[str] = set()
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        for name, definition in type_.fields.items():
            try:
                source_of(definition)
            except FieldNotPlannable:
                names.add(name)
    return names
