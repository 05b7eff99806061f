"""The Python files of the repository and the names that they define."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def python_files(*folders: str) -> dict[str, ast.Module]:
    """Parse the files below some folders, by path from the root; migrations stay as they were."""
    return {
        str(path.relative_to(ROOT)): _parsed(path)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def length(node: ast.stmt) -> int:
    """Count the lines of a class or function, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def length_without_docstring(node: Function) -> int:
    return length(node) - (length(node.body[0]) if ast.get_docstring(node) else 0)


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def defined_names(tree: ast.AST) -> Iterator[str]:
    """Every class, function, parameter, variable, attribute and alias; used names are not ours."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def one_line_comprehension_names(tree: ast.AST) -> Iterator[str]:
    """The loop variables of comprehensions that fit on one line, once for each time."""
    for node in ast.walk(tree):
        if isinstance(node, Comprehension) and node.lineno == node.end_lineno:
            for generator in node.generators:
                yield from defined_names(generator.target)
