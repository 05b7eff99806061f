"""Executes checked documents."""

from functools import partial
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    execute,
)

from services.gateway.execution.completion import completer_of
from services.gateway.execution.null_propagation import NullPropagation
from services.gateway.execution.operation import Operation, operations_of
from services.gateway.execution.plan import (
    FieldNotPlannable,
    Planner,
    SelectionPlan,
    source_of,
)
from services.gateway.execution.run import Group, Run
from services.gateway.execution.variables import Variables

_INTROSPECTION = ("__schema", "__type")


class Executor:
    """Executes operations of one schema. The `request` is passed to resolvers as it is."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._completer_of = partial(completer_of, schema)
        self._unplannable_fields = {*_INTROSPECTION, *_unplannable_fields(schema)}

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
