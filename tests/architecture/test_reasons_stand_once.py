"""A reason is named by its member of Reason, never by a literal or a composed code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.reminders.core.reasons import Reason

ROOT = Path(__file__).parents[2]
REMINDERS = ROOT / "services" / "reminders"
DEFINED_IN = REMINDERS / "core" / "reasons.py"
CODES = frozenset(map(str, Reason))
# A part of the provider's own code KANNEL_NO_SENDER.
ALLOWED = {("channels/sms/kannel/outcomes.py", "NO_SENDER")}


def modules() -> Iterator[Path]:
    for path in sorted(REMINDERS.rglob("*.py")):
        if path != DEFINED_IN and "migrations" not in path.parts:
            yield path


def literals(tree: ast.AST) -> Iterator[str]:
    """Text constants, except the members of other enums."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not (isinstance(node, ast.ClassDef) and _is_enum(node)):
            yield from literals(node)


def _is_enum(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases)


def test_no_code_of_a_reason_is_written_again() -> None:
    again = {
        (path.relative_to(REMINDERS).as_posix(), text)
        for path in modules()
        for text in literals(ast.parse(path.read_text()))
        if text in CODES
    }

    assert again == ALLOWED


def test_no_code_of_a_reason_is_composed_or_recognized_by_a_part() -> None:
    parts = ("_PAST_USEFULNESS", "SUPPRESSED_", "RECEIPT_", "SENDER_WITHOUT_")
    composed = {
        (path.relative_to(REMINDERS).as_posix(), text)
        for path in modules()
        for text in literals(ast.parse(path.read_text()))
        if text in parts
    }

    assert composed == set()
