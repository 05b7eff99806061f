"""Operations and their plans: what is selected, computed once and reused by every request."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphene.types.resolver import attr_resolver, dict_or_attr_resolver
from graphql import (
    BREAK,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields

from services.gateway.execution.batched import Batched

Completer = Callable[[Any, Any], Any]
"""Turns a resolved value into a response value, within a run."""

CompleterOf = Callable[["FieldPlan"], Completer]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field whose value is read from its parent: a dict's key, otherwise an attribute."""

    name: str
    default: Any


Source = Batched | Attribute | None
"""Where the values of a field come from; None stands for `__typename`."""


@dataclass(eq=False, slots=True)
class FieldPlan:
    """One response key of one object type."""

    key: str
    nodes: list[FieldNode]
    definition: GraphQLField
    parent_type: GraphQLObjectType
    source: Source
    planner: "Planner"
    complete: Completer = field(init=False)
    selections: dict[str, "SelectionPlan"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.parent_type.name}.{self.nodes[0].name.value}"

    def selection_on(self, object_type: GraphQLObjectType) -> "SelectionPlan":
        """Return the selection below this field for values of this type."""
        selection = self.selections.get(object_type.name)
        if selection is None:
            selection = self.planner.below(object_type, self.nodes)
            self.selections[object_type.name] = selection
        return selection


@dataclass(eq=False, slots=True)
class SelectionPlan:
    """The fields of one object, in the order of the response.

    `template` has every key, so that values that arrive late keep their place.
    """

    object_type: GraphQLObjectType
    fields: list[FieldPlan]
    template: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.template = dict.fromkeys(plan.key for plan in self.fields)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one operation for one choice of its `@skip` and `@include` variables."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, Any]
    completer_of: CompleterOf

    def root(self, operation: OperationDefinitionNode) -> SelectionPlan:
        object_type = self.schema.get_root_type(operation.operation)
        if object_type is None:
            raise ValueError(f"the schema has no root type for {operation.operation.value}")
        nodes = collect_fields(
            self.schema, self.fragments, self.variables, object_type, operation.selection_set
        )
        return self._selection(object_type, nodes)

    def below(self, object_type: GraphQLObjectType, nodes: list[FieldNode]) -> SelectionPlan:
        collected = collect_sub_fields(
            self.schema, self.fragments, self.variables, object_type, nodes
        )
        return self._selection(object_type, collected)

    def _selection(
        self, object_type: GraphQLObjectType, nodes: Mapping[str, list[FieldNode]]
    ) -> SelectionPlan:
        return SelectionPlan(
            object_type,
            [self._field(object_type, key, same_key) for key, same_key in nodes.items()],
        )

    def _field(self, object_type: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> FieldPlan:
        definition = definition_of(object_type, nodes[0].name.value)
        plan = FieldPlan(key, nodes, definition, object_type, source_of(definition), self)
        plan.complete = self.completer_of(plan)
        return plan


class FieldNotPlannable(Exception):
    """The field's resolver is neither batched nor a plain attribute."""


def definition_of(object_type: GraphQLObjectType, name: str) -> GraphQLField:
    return TypeNameMetaFieldDef if name == "__typename" else object_type.fields[name]


def source_of(definition: GraphQLField) -> Source:
    """Return where the values of the field come from. Raises FieldNotPlannable."""
    if definition is TypeNameMetaFieldDef:
        return None
    resolve = definition.resolve
    if isinstance(resolve, Batched):
        return resolve
    if isinstance(resolve, partial) and resolve.func in (dict_or_attr_resolver, attr_resolver):
        name, default = resolve.args
        return Attribute(name, default)
    raise FieldNotPlannable


_PLANS_PER_OPERATION = 16
_CONDITIONS = ("skip", "include")


@dataclass(eq=False, slots=True)
class Operation:
    """An operation and its cached plans.

    `conditions` are the variables of `@skip` and `@include`: each choice of their values has a plan
    of its own. graphql-core executes an operation that is not plannable.
    """

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]
    is_plannable: bool
    plans: dict[tuple[Any, ...], SelectionPlan] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        return self.definition.name.value if self.definition.name else None

    def plan_for(self, variables: Mapping[str, Any]) -> SelectionPlan | None:
        return self.plans.get(self._choice(variables))

    def remember(self, variables: Mapping[str, Any], plan: SelectionPlan) -> None:
        """Cache the plan for later requests, up to 16 plans per operation."""
        if len(self.plans) < _PLANS_PER_OPERATION:
            self.plans[self._choice(variables)] = plan

    def _choice(self, variables: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(variables.get(name) for name in self.conditions)


def operations_of(
    document: DocumentNode, unplannable_fields: Collection[str]
) -> dict[str | None, Operation]:
    """Return the operations of the document, by name."""
    facts = _DocumentFacts(unplannable_fields)
    visit(document, facts)
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    conditions = tuple(sorted(facts.conditions))
    operations = (
        Operation(document, node, fragments, conditions, facts.is_plannable)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    )
    return {operation.name: operation for operation in operations}


class _DocumentFacts(Visitor):
    def __init__(self, unplannable_fields: Collection[str]) -> None:
        super().__init__()
        self.conditions: set[str] = set()
        self.is_plannable = True
        self._unplannable_fields = unplannable_fields

    def enter_field(self, node: FieldNode, *_: object) -> object:
        if node.name.value in self._unplannable_fields:
            self.is_plannable = False
            return BREAK
        return None

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in _CONDITIONS:
            values = (argument.value for argument in node.arguments)
            self.conditions.update(
                value.name.value for value in values if isinstance(value, VariableNode)
            )
