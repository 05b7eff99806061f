"""Converts YAML into typed values, node by node, so that every fault is found with its line.

Scalars stay strings unless a type needs something else: `10:30` and `no` keep their meaning.
"""

import io
import math
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec
import yaml

from services.content.domain.faults import Fault, Path, Place
from services.content.domain.syntax import syntax_problem
from services.content.domain.written import Markup, Translatable

_EMPTY: Final = "the file is empty; write the entry or delete the file"
_PLAIN: Final = "tag:yaml.org,2002:"  # prefix of tags that the author did not write
_BOOLEANS: Final = {"true": True, "false": False}


class _Named(io.StringIO):
    """A text whose nodes carry the name of its file."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


def compose(name: str, text: str) -> tuple[yaml.Node | None, tuple[Fault, ...]]:
    """Parse one file. Returns None with faults if it is not YAML that the catalog allows."""
    try:
        node = yaml.compose(_Named(name, text), Loader=yaml.CSafeLoader)
        unusable = list(_unusable(node, set())) if node else [(1, _EMPTY)]
    except yaml.YAMLError as error:
        line, problem = syntax_problem(text, error)
        return None, (Fault(name, (), problem, line),)
    except RecursionError:
        unusable = [(1, "lists within lists, nested too deeply; no entry needs that")]
    faults = tuple(Fault(name, (), problem, line) for line, problem in unusable)
    return (None, faults) if faults else (node, ())


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _unusable(node: yaml.Node, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Find what YAML allows and a catalog does not: aliases, complex keys and duplicate keys."""
    if id(node) in seen:
        yield line_of(node), "an anchor is used again by an alias; write the value out"
        return
    seen.add(id(node))
    if not node.tag.startswith(_PLAIN):
        yield line_of(node), f"a text cannot begin with {node.tag[:1]}; put it in quotes"
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _unusable(item, seen)
    elif isinstance(node, yaml.MappingNode):
        yield from _unusable_keys(node)
        for _, value in node.value:
            yield from _unusable(value, seen)


def _unusable_keys(node: yaml.MappingNode) -> Iterator[tuple[int, str]]:
    keys: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield (
                line_of(key),
                "a key is a plain word; put a text that begins with a brace or bracket in quotes",
            )
        elif key.value in keys:
            yield line_of(key), f"the key {key.value!r} is here twice; keep one"
        else:
            keys.add(key.value)


class _Invalid:
    """Stands for a node of the wrong shape, whose fault has been recorded."""


INVALID: Final = _Invalid()


class Document:
    """Converts the nodes of one file and collects faults, places and texts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.places: dict[Path, Place] = {}
        self.scalars: dict[Path, str] = {}
        self.texts: set[Path] = set()  # paths of scalars that readers see
        self.markdown: set[Path] = set()  # those written in Markdown
        self.lists_of_texts: set[Path] = set()  # a translation may have more or fewer items

    def convert(self, node: yaml.Node, kind: Any, path: Path = ()) -> Any:  # noqa: ANN401 - a type
        """Convert the node to a `kind`. Returns INVALID after recording faults."""
        self.places.setdefault(path, Place(node.start_mark.name, line_of(node)))
        kind = self._without_notes(kind, path)
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return self.convert(node, self._choose(node, get_args(kind)), path)
        if origin is tuple:
            return self._tuple(node, get_args(kind)[0], path)
        if origin is dict:
            return self._dict(node, get_args(kind)[1], path)
        if _is_struct(kind):
            return self._struct(node, kind, path)
        return self._scalar(node, kind, path)

    def fault(self, path: Path, problem: str) -> _Invalid:
        self.faults.append(Fault(self.name, path, problem))
        return INVALID

    def _without_notes(self, kind: Any, path: Path) -> Any:  # noqa: ANN401 - a type
        if get_origin(kind) is not Annotated:
            return kind
        for note in kind.__metadata__:
            if isinstance(note, Translatable):
                self.texts.add(path)
            elif isinstance(note, Markup):
                self.markdown.add(path)
        return kind.__origin__

    def _choose(self, node: yaml.Node, kinds: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a type
        """Choose the member of a union that matches the node best."""
        real = [kind for kind in kinds if kind is not NoneType]
        structs = [kind for kind in real if _is_struct(kind)]
        if not isinstance(node, yaml.MappingNode) or not structs:
            return next((kind for kind in real if not _is_struct(kind)), real[0])
        keys = {key.value for key, _ in node.value}
        return max(structs, key=lambda kind: len(keys & set(_fields(kind))))

    def _tuple(self, node: yaml.Node, kind: Any, path: Path) -> Any:  # noqa: ANN401 - any value
        if not isinstance(node, yaml.SequenceNode):
            return self.fault(path, "write a list, one item a line, each after a dash")
        if _is_text(kind):
            self.lists_of_texts.add(path)
        items = [self.convert(item, kind, (*path, n)) for n, item in enumerate(node.value)]
        return INVALID if INVALID in items else tuple(items)

    def _dict(self, node: yaml.Node, kind: Any, path: Path) -> Any:  # noqa: ANN401 - any value
        if not isinstance(node, yaml.MappingNode):
            return self.fault(path, "write `key: value` here, one a line")
        values = {}
        for key, value in node.value:
            self.places[(*path, key.value)] = Place(key.start_mark.name, line_of(key))
            values[key.value] = self.convert(value, kind, (*path, key.value))
        return INVALID if INVALID in values.values() else values

    def _struct(self, node: yaml.Node, kind: type[msgspec.Struct], path: Path) -> Any:  # noqa: ANN401 - any value
        fields = _fields(kind)
        if not isinstance(node, yaml.MappingNode):
            keys = ", ".join(_required(kind) or fields)
            return self.fault(path, f"write keys and values here: {keys}")
        values: dict[str, Any] = {}
        for key, value in node.value:
            self.places[(*path, key.value)] = Place(key.start_mark.name, line_of(key))
            if key.value in fields:
                values[key.value] = self.convert(value, fields[key.value], (*path, key.value))
            else:
                self.fault((*path, key.value), _unknown_key(key.value, fields))
        missing = [name for name in _required(kind) if name not in values]
        for name in missing:
            self.fault(path, f"the key {name!r} is missing; add it")
        return INVALID if missing or INVALID in values.values() else kind(**values)

    def _scalar(self, node: yaml.Node, kind: type[Any], path: Path) -> Any:  # noqa: ANN401 - any value
        if not isinstance(node, yaml.ScalarNode):
            return self.fault(path, f"write {_expected(kind)} here, no list and no keys")
        text = self.scalars[path] = str(node.value).strip()
        if not text:
            return self.fault(path, "nothing is written here; give a value or remove the key")
        if kind is str:
            return text
        if kind is bool:
            return _BOOLEANS[text] if text in _BOOLEANS else self._wrong(path, text, kind)
        try:
            return date.fromisoformat(text) if kind is date else _finite(kind(text))
        except ValueError:
            return self._wrong(path, text, kind)

    def _wrong(self, path: Path, text: str, kind: type[Any]) -> _Invalid:
        near = get_close_matches(text.upper(), _members(kind), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return self.fault(path, f"{text!r} does not fit; write {_expected(kind)}{hint}")


def _finite(value: Any) -> Any:  # noqa: ANN401 - a scalar of any kind
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number to compare with")
    return value


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - a type
    """Whether the type is text, or a union with text."""
    if get_origin(kind) is Annotated:
        return any(isinstance(note, Translatable) for note in kind.__metadata__)
    return get_origin(kind) in (Union, UnionType) and any(map(_is_text, get_args(kind)))


def _is_struct(kind: Any) -> bool:  # noqa: ANN401 - a type
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


@cache
def _required(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.required)


def _unknown_key(key: str, fields: Mapping[str, Any]) -> str:
    near = get_close_matches(key, fields, n=1)
    if near:
        return f"unknown key {key!r}; did you mean {near[0]!r}?"
    return f"unknown key {key!r}; known here: {', '.join(sorted(fields))}"


def _members(kind: type[Any]) -> list[str]:
    return [str(member.value) for member in kind] if issubclass(kind, Enum) else []


def _expected(kind: type[Any]) -> str:
    if members := _members(kind):
        return f"one of {', '.join(members)}"
    names = {
        str: "text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        date: "a date such as 2026-01-31",
    }
    return names[kind]
