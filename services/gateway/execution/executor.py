"""How a checked document becomes an answer."""

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
from services.gateway.execution.operation import Operation, operations_of
from services.gateway.execution.plan import (
    FieldNotPlannable,
    Planner,
    SelectionPlan,
    source_of,
)
from services.gateway.execution.run import Group, Run
from services.gateway.execution.settling import Settling
from services.gateway.execution.variables import Variables

_INTROSPECTION = ("__schema", "__type")


class Executor:
    """Executes operations of one schema. Resolvers get the request as they know it."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._completer_of = partial(completer_of, schema)
        self._unplannable_fields = {*_INTROSPECTION, *_unplannable_fields(schema)}

    def prepare(self, document: DocumentNode) -> dict[str | None, Operation]:
        """Make the operations of a valid document, by name."""
        return operations_of(document, self._unplannable_fields)

    async def execute(
        self,
        operation: Operation,
        variables: Variables,
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> ExecutionResult:
        """Answer with data and with errors that are not yet masked."""
        if not operation.is_plannable:
            return await self._leave_to_core(operation, variables, request)
        coerced = variables.coerced
        run = Run(self.schema, operation.definition, operation.fragments, coerced, request)
        root = self._plan(operation, coerced)
        if operation.definition.operation is OperationType.MUTATION:
            return await _execute_serially(run, root)
        group = _root_group(root)
        await run.fill(group)
        settling = Settling(run.kinds)
        (data,) = group.placed
        if run.has_failed and not settling.settle_root(root, data):
            return _result(None, settling)
        return _result(data, settling)

    def _plan(self, operation: Operation, variables: dict[str, Any]) -> SelectionPlan:
        plan = operation.plan_for(variables)
        if plan is None:
            planner = Planner(self.schema, operation.fragments, variables, self._completer_of)
            plan = planner.root(operation.definition)
            operation.remember(variables, plan)
        return plan

    async def _leave_to_core(
        self,
        operation: Operation,
        variables: Variables,
        request: Any,  # noqa: ANN401 - belongs to the resolvers
    ) -> ExecutionResult:
        result = execute(
            self.schema,
            operation.document,
            context_value=request,
            variable_values=dict(variables.given),
            operation_name=operation.name,
            hide_suggestions=True,
        )
        return await result if isawaitable(result) else result


async def _execute_serially(run: Run, root: SelectionPlan) -> ExecutionResult:
    """Begin each root field when all of the one before is done; stop when the answer is lost."""
    data: dict[str, Any] = {}
    settling = Settling(run.kinds)
    for field in root.fields:
        part = SelectionPlan(root.kind, [field])
        group = _root_group(part)
        await run.fill(group)
        (placed,) = group.placed
        if run.has_failed and not settling.settle_root(part, placed):
            return _result(None, settling)
        data |= placed
    return _result(data, settling)


def _root_group(selection: SelectionPlan) -> Group:
    group = Group(selection)
    group.sources.append(None)
    group.placed.append(selection.template.copy())
    return group


def _result(data: dict[str, Any] | None, settling: Settling) -> ExecutionResult:
    errors = settling.errors
    errors.sort(key=lambda error: (error.locations or [], error.path or [], error.message))
    return ExecutionResult(data, errors or None)


def _unplannable_fields(schema: GraphQLSchema) -> set[str]:
    names: set[str] = set()
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for name, definition in kind.fields.items():
            try:
                source_of(definition)
            except FieldNotPlannable:
                names.add(name)
    return names
