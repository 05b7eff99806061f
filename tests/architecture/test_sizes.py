import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import (
    ROOT,
    classes,
    functions,
    length,
    length_without_docstring,
    python_files,
)

FUNCTION_LINES = 40
MODULE_LINES = 400
TEST_MODULE_LINES = 500
CLASS_LINES = 150
FILES_IN_A_FOLDER = 30


def long_modules(folder: str, limit: int) -> list[str]:
    return [
        path
        for path in python_files(folder)
        if len((ROOT / path).read_text("utf-8").splitlines()) > limit
    ]


def long_functions() -> Iterator[str]:
    for path, tree in python_files("services").items():
        for function in functions(tree):
            if length_without_docstring(function) > FUNCTION_LINES:
                yield f"{path}: {function.name}"


def large_classes() -> Iterator[str]:
    for path, tree in python_files("services").items():
        for class_ in classes(tree):
            if length(class_) > CLASS_LINES:
                yield f"{path}: {class_.name}"


def crowded_folders() -> Iterator[str]:
    files = Counter(str(Path(path).parent) for path in python_files("services", "tests", "bench"))
    return (folder for folder, count in files.items() if count > FILES_IN_A_FOLDER)


def test_a_module_can_be_read_at_one_sitting() -> None:
    assert long_modules("services", MODULE_LINES) == []


def test_a_test_module_can_be_read_at_one_sitting() -> None:
    assert long_modules("tests", TEST_MODULE_LINES) == []


def test_a_function_can_be_read_at_once() -> None:
    assert list(long_functions()) == []


def test_a_class_has_one_subject() -> None:
    assert list(large_classes()) == []


def test_a_folder_can_be_surveyed() -> None:
    assert list(crowded_folders()) == []


def test_lengths_are_measured_to_the_line() -> None:
    [function] = functions(
        ast.parse('def f() -> int:\n    """One.\n\n    Two.\n    """\n    return 1')
    )

    assert (length(function), length_without_docstring(function)) == (6, 2)
