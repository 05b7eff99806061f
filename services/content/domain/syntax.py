"""What the YAML parser complains of, said to the people who write the files.

The parser names the place where it gave up, which is often lines after the slip. Where the text
tells more, the slip itself is shown.
"""

import re
from collections.abc import Iterator
from typing import Final

import yaml

_UNFINISHED_MERGE: Final = re.compile(r"<<<<<<<|=======$|>>>>>>>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_OPEN_QUOTE: Final = re.compile(r"""\s*(?:- )*(?:[\w-]+:\s+)?(["'])(?!.*\1\s*[,}\]]*\s*(?:#.*)?$)""")
_CLOSED_EARLY: Final = re.compile(r"""\s*(?:- )*(?:[\w-]+:\s+)?(["']).*\1""")
_TWO_COLONS: Final = re.compile(r"\s*(?:- )*[\w-]+:\s.*:(?:\s|$)")

_OPENED: Final = {
    "did not find expected ',' or ']'": "the list opened here by [ goes wrong; close it with ], and "
    "put a comma between its items",
    "did not find expected ',' or '}'": "what is opened here by { goes wrong; close it with }, and "
    "put a comma between its items",
    "could not find expected ':'": "neither `key: value` nor an item of a list; write a colon and a "
    "space after the key",
    "found unexpected end of stream": "the quote opened here is never closed; close it",
}
"""Said of the line on which it began."""

_HERE: Final = {
    "did not find expected node content": "a bracket or comma too many; look at the brackets of "
    "this line",
    "found unknown escape character": "a backslash inside double quotes; leave it out, or use "
    "single quotes",
    "found undefined alias": "a text cannot begin with *; put it in quotes",
    "but found another document": "`---` begins another document; remove that line",
    "found a tab character that violates indentation": "a tab; indent with spaces",
}
_INDENTATION: Final = (
    "the indentation does not fit that of the lines above; let what belongs together begin in the "
    "same column"
)


def syntax_problem(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    """The line, counted from 1, and what is wrong there and what to do."""
    lines = text.splitlines() or [""]
    for number, line in enumerate(lines, start=1):
        if _UNFINISHED_MERGE.match(line):
            return number, "a merge was left unfinished here; keep one side, remove the marks"
        if found := _CONTROL.search(line):
            return number, f"an invisible character ({found[0]!r}) is here; delete it"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, "cannot be read as YAML; begin the file anew from another one of its kind"
    began = error.context_mark.line if error.context_mark else error.problem_mark.line
    return _explained(lines, error.problem or "", began, error.problem_mark)


def _explained(lines: list[str], problem: str, began: int, mark: yaml.Mark) -> tuple[int, str]:
    if problem in _OPENED:
        return began + 1, _OPENED[problem]
    if problem in _HERE:
        return mark.line + 1, _HERE[problem]
    line = lines[min(mark.line, len(lines) - 1)]
    if problem == "found character that cannot start any token":
        return mark.line + 1, _odd_beginning(line[mark.column : mark.column + 1])
    if problem == "mapping values are not allowed in this context" and _TWO_COLONS.match(line):
        return mark.line + 1, "a second colon in one line; put the text after the first in quotes"
    for number in _unclosed(lines, began, mark.line):
        return number + 1, "the quote opened here is not closed on this line; close it"
    return mark.line + 1, _in_the_way(line)


def _odd_beginning(character: str) -> str:
    if character == "\t":
        return "a tab; indent with spaces"
    return f"a text cannot begin with {character}; put it in quotes"


def _unclosed(lines: list[str], first: int, last: int) -> Iterator[int]:
    return (
        number for number in range(first, min(last, len(lines))) if _OPEN_QUOTE.match(lines[number])
    )


def _in_the_way(line: str) -> str:
    if line.count("]") > line.count("[") or line.count("}") > line.count("{"):
        return "a closing bracket too many; remove it"
    if _CLOSED_EARLY.match(line):
        return "text goes on after its closing quote; inside quotes use the other kind, ' or \""
    return _INDENTATION
