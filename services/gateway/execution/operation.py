"""Operations of a checked document, with the plans that requests reuse."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    BREAK,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from services.gateway.execution.plan import SelectionPlan

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
