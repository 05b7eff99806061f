"""What an operation selects, worked out once and used for every request that asks the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphene.types.resolver import attr_resolver, dict_or_attr_resolver
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields

from services.gateway.execution.batched import Batched

Completer = Callable[[Any, Any], Any]
"""Turns a resolved value into a response value, given the run that it belongs to."""

CompleterOf = Callable[["FieldPlan"], Completer]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field read off its parent: a key of a dict, else an attribute."""

    name: str
    default: Any


Source = Batched | Attribute | None
"""Where a field's values come from; None is the name of the parent's type."""


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

    def selection_on(self, kind: GraphQLObjectType) -> "SelectionPlan":
        """What is selected below this field where its value is of this kind."""
        selection = self.selections.get(kind.name)
        if selection is None:
            selection = self.planner.below(kind, self.nodes)
            self.selections[kind.name] = selection
        return selection


@dataclass(eq=False, slots=True)
class SelectionPlan:
    """The fields of one object, in the order of the response.

    `template` holds every key, so that late values keep their place.
    """

    kind: GraphQLObjectType
    fields: list[FieldPlan]
    template: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.template = dict.fromkeys(each.key for each in self.fields)


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one operation for one choice of its `@skip` and `@include` variables."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, Any]
    completer_of: CompleterOf

    def root(self, operation: OperationDefinitionNode) -> SelectionPlan:
        kind = self.schema.get_root_type(operation.operation)
        if kind is None:
            raise ValueError(f"the schema has no root type for {operation.operation.value}")
        nodes = collect_fields(
            self.schema, self.fragments, self.variables, kind, operation.selection_set
        )
        return self._selection(kind, nodes)

    def below(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> SelectionPlan:
        collected = collect_sub_fields(self.schema, self.fragments, self.variables, kind, nodes)
        return self._selection(kind, collected)

    def _selection(
        self, kind: GraphQLObjectType, nodes: Mapping[str, list[FieldNode]]
    ) -> SelectionPlan:
        return SelectionPlan(kind, [self._field(kind, key, each) for key, each in nodes.items()])

    def _field(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> FieldPlan:
        definition = definition_of(kind, nodes[0].name.value)
        plan = FieldPlan(key, nodes, definition, kind, source_of(definition), self)
        plan.complete = self.completer_of(plan)
        return plan


class FieldNotPlannable(Exception):
    """A field whose resolver is neither batched nor a plain attribute."""


def definition_of(kind: GraphQLObjectType, name: str) -> GraphQLField:
    return TypeNameMetaFieldDef if name == "__typename" else kind.fields[name]


def source_of(definition: GraphQLField) -> Source:
    """Where the field's values come from; raises FieldNotPlannable."""
    if definition is TypeNameMetaFieldDef:
        return None
    resolve = definition.resolve
    if isinstance(resolve, Batched):
        return resolve
    if isinstance(resolve, partial) and resolve.func in (dict_or_attr_resolver, attr_resolver):
        name, default = resolve.args
        return Attribute(name, default)
    raise FieldNotPlannable
