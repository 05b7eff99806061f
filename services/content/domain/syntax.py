"""Explains YAML syntax errors to the authors of the files.

The parser reports where it gave up, which is often some lines after the slip. If the text allows
it, the line of the slip is reported.
"""

import re
from typing import Final

import yaml

_UNFINISHED_MERGE: Final = re.compile(r"<<<<<<<|=======$|>>>>>>>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_TAB: Final = re.compile(r"[ -]*\t")
_QUOTED: Final = r"""\s*(?:- )*(?:[\w-]+:\s+)?(["'])"""
_OPEN_QUOTE: Final = re.compile(rf"{_QUOTED}(?!.*\1\s*[,}}\]]*\s*(?:#.*)?$)")
_CLOSED_EARLY: Final = re.compile(rf"{_QUOTED}.*\1")
_TWO_COLONS: Final = re.compile(r"\s*(?:- )*[\w-]+:\s.*:(?:\s|$)")

_UNCLOSED: Final = "the quote opened here is not closed; close it"
_AND_COMMAS: Final = "and put a comma between its items"
_OPENED: Final = {
    "did not find expected ',' or ']'": f"the list opened here by [ goes wrong; close it with ], "
    f"{_AND_COMMAS}",
    "did not find expected ',' or '}'": f"what is opened here by {{ goes wrong; close it with }}, "
    f"{_AND_COMMAS}",
    "could not find expected ':'": "neither `key: value` nor an item of a list; write a colon and "
    "a space after the key",
    "found unexpected end of stream": _UNCLOSED,
}
"""Reported at the line where the construct begins."""

_HERE: Final = {
    "did not find expected node content": "a bracket or comma too many; look at the brackets of "
    "this line",
    "found unknown escape character": "a backslash inside double quotes; leave it out, or use "
    "single quotes",
    "found undefined alias": "a text cannot begin with *; put it in quotes",
    "but found another document": "`---` begins another document; remove that line",
}
_INDENTATION: Final = (
    "the indentation does not fit that of the lines above; let what belongs together begin in the "
    "same column"
)


def syntax_problem(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    """Return a line, counted from 1, with what is wrong there and what to do."""
    lines = text.splitlines() or [""]
    if (foreign := _foreign_text(lines)) is not None:
        return foreign
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, "cannot be read as YAML; start the file again from a similar one"
    problem, stopped = error.problem or "", error.problem_mark.line
    began = error.context_mark.line if error.context_mark else stopped
    if problem in _OPENED:
        return began + 1, _OPENED[problem]
    number, explanation = _explained(lines, problem, began, error.problem_mark)
    return number + 1, explanation


def _foreign_text(lines: list[str]) -> tuple[int, str] | None:
    for number, line in enumerate(lines, start=1):
        if _UNFINISHED_MERGE.match(line):
            return number, "a merge was left unfinished here; keep one side, remove the marks"
        if control := _CONTROL.search(line):
            return number, f"an invisible character ({control[0]!r}) is here; delete it"
    return None


def _explained(lines: list[str], problem: str, began: int, mark: yaml.Mark) -> tuple[int, str]:
    """Return a line, counted from 0, with what is wrong there."""
    line = lines[min(mark.line, len(lines) - 1)]
    if _TAB.match(line):
        return mark.line, "a tab; indent with spaces"
    if problem == "found character that cannot start any token":
        odd = line[mark.column : mark.column + 1]
        return mark.line, f"a text cannot begin with {odd}; put it in quotes"
    between = range(began, min(mark.line, len(lines)))
    unclosed = next((number for number in between if _OPEN_QUOTE.match(lines[number])), None)
    if unclosed is not None and problem not in _HERE:
        return unclosed, _UNCLOSED
    return mark.line, _HERE.get(problem) or _in_the_way(line)


def _in_the_way(line: str) -> str:
    if line.count("]") > line.count("[") or line.count("}") > line.count("{"):
        return "a closing bracket too many; remove it"
    if _CLOSED_EARLY.match(line):
        return "text goes on after its closing quote; inside quotes use the other kind, ' or \""
    if _TWO_COLONS.match(line):
        return "a second colon in one line; put the text after the first in quotes"
    return _INDENTATION
