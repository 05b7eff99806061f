"""Time zones come from the locked package tzdata: in every process, and in no statement."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, functions, python_files

_CALL = "use_locked_zones"
_READS_ZONES = {"ZoneInfo", "zone_named", "place_named", "available_timezones"}
_SQL_ZONES = re.compile(r"func\.timezone\(|at time zone|timezone\('|date_trunc\(", re.IGNORECASE)


def entry_points() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function that a process begins with: `main`, and the command `cli`."""
    for path, tree in python_files("services").items():
        for function in functions(tree):
            if function.name in ("main", "cli"):
                yield path, function


def called(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        match call:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield name


def when_imported(tree: ast.Module) -> Iterator[str]:
    """What a module calls outside its functions, and so before an entry point could."""
    for statement in tree.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from called(statement)


def statements() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "services").rglob("*")):
        if path.suffix in (".py", ".sql"):
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "function"), list(entry_points()), ids=[path for path, _ in entry_points()]
)
def test_an_entry_point_takes_the_locked_zones_first(
    path: str, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    assert list(called(body[0])) == [_CALL], path


def test_every_process_is_among_the_entry_points() -> None:
    assert {path for path, _ in entry_points()} >= {
        "services/content/service.py",
        "services/gateway/serve.py",
        "services/launcher/main.py",
        "services/reminders/dispatcher.py",
        "services/reminders/service.py",
        "services/reminders/worker.py",
        "services/sandbox/service.py",
    }


def test_no_module_reads_a_zone_when_it_is_imported() -> None:
    too_early = {
        path: zones
        for path, tree in python_files("services").items()
        if (zones := _READS_ZONES & set(when_imported(tree)))
    }
    assert too_early == {}


def test_no_statement_asks_postgresql_for_a_zone() -> None:
    assert [path for path, text in statements() if _SQL_ZONES.search(text)] == []


def test_tests_take_the_locked_zones() -> None:
    assert _CALL in set(called(ast.parse(Path(ROOT, "tests/conftest.py").read_text("utf-8"))))
