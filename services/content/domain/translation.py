"""Merges a translation into the file it translates: same keys, other texts, nothing else."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import yaml

from services.content.domain.faults import Fault, Path
from services.content.domain.nodes import Document, line_of

_HANDLES = ("key", "slug", "code", "concern")
_Pair = tuple[yaml.Node, yaml.Node]  # a key and its value


def merge(base: yaml.Node, over: yaml.Node, document: str) -> tuple[yaml.Node, tuple[Fault, ...]]:
    """Replace the base's texts with those of the translation.

    A name that nearly matches one of the base counts as that one, so that one slip is one fault.

    A list of texts is replaced whole. In a list of entries a translation names the entry by its
    key, slug, code or concern, else by its number, counted from 1.
    """
    faults: list[Fault] = []
    return _merged(base, over, document, faults), tuple(faults)


def untranslated(document: Document, translation: str) -> Iterator[Fault]:
    """Report texts that a translation leaves out, and keys that it may not set."""
    missing: dict[Path, None] = {}
    for path in document.scalars:
        is_own = document.places[path].file == translation
        is_text = path in document.texts or _within(path, document.lists_of_texts)
        if is_own and not is_text:
            problem = "a translation replaces texts only; remove this key from it"
            yield Fault(document.name, path, problem)
        elif is_text and not is_own:
            missing[_left_out(document, path, translation)] = None
    for path in missing:
        problem = f"{_spelled(document, path)} is not translated; add it"
        yield Fault(translation, (), problem, _nearest_line(document, path, translation))


def _left_out(document: Document, path: Path, translation: str) -> Path:
    """Return the path of the text, or of the whole entry if the translation lacks all of it."""
    around = (path[:end] for end in range(1, len(path)))
    return next((outer for outer in around if not _own_lines(document, outer, translation)), path)


def _nearest_line(document: Document, path: Path, translation: str) -> int:
    """The line where the translation has the nearest entry around the path."""
    around = (_own_lines(document, path[:end], translation) for end in range(len(path), -1, -1))
    return min(next(filter(None, around), [1]))


def _own_lines(document: Document, path: Path, translation: str) -> list[int]:
    """The lines where the translation has something below the path."""
    return [
        place.line
        for inner, place in document.places.items()
        if place.file == translation and inner[: len(path)] == path
    ]


def _spelled(document: Document, path: Path) -> str:
    """Spell a path as a translation writes it, with list entries by their names."""
    parts = []
    for end, part in enumerate(path):
        names = (document.scalars.get((*path[: end + 1], handle)) for handle in _HANDLES)
        number = str(part + 1) if isinstance(part, int) else part
        parts.append(next(filter(None, names), number) if isinstance(part, int) else number)
    return ".".join(parts)


def _within(path: Path, lists: set[Path]) -> bool:
    return any(path[:end] in lists for end in range(len(path)))


def _merged(base: yaml.Node, over: yaml.Node, document: str, faults: list[Fault]) -> yaml.Node:
    if isinstance(base, yaml.SequenceNode) and isinstance(over, yaml.MappingNode):
        return _merged_list(base, over, document, faults)
    if isinstance(base, yaml.MappingNode) and isinstance(over, yaml.MappingNode):
        return _merged_mapping(base, over, document, faults)
    return over


def _merged_mapping(
    base: yaml.MappingNode, over: yaml.MappingNode, document: str, faults: list[Fault]
) -> yaml.Node:
    names = [key.value for key, _ in base.value]
    replacements = _replacements(names, over, document, faults)
    merged = []
    for key, value in base.value:
        own = replacements.get(key.value)
        merged.append((own[0], _merged(value, own[1], document, faults)) if own else (key, value))
    return yaml.MappingNode(base.tag, merged, base.start_mark, base.end_mark)


def _merged_list(
    base: yaml.SequenceNode, over: yaml.MappingNode, document: str, faults: list[Fault]
) -> yaml.Node:
    names = [_handle(item) or str(number) for number, item in enumerate(base.value, start=1)]
    replacements = _replacements(names, over, document, faults)
    merged = []
    for name, item in zip(names, base.value, strict=True):
        own = replacements.get(name)
        merged.append(_merged(item, own[1], document, faults) if own else item)
    return yaml.SequenceNode(base.tag, merged, base.start_mark, base.end_mark)


def _handle(item: yaml.Node) -> str | None:
    if not isinstance(item, yaml.MappingNode):
        return None
    values = {key.value: value.value for key, value in item.value}
    return next((values[name] for name in _HANDLES if isinstance(values.get(name), str)), None)


def _replacements(
    names: Sequence[str], over: yaml.MappingNode, document: str, faults: list[Fault]
) -> dict[str, _Pair]:
    pairs: dict[str, _Pair] = {key.value: (key, value) for key, value in over.value}
    for unknown in [name for name in pairs if name not in names]:
        key, value = pairs.pop(unknown)
        near = get_close_matches(unknown, [name for name in names if name not in pairs], n=1)
        problem = f"the base file has no {unknown!r} here"
        if near:
            pairs[near[0]] = (key, value)
            problem = f"{problem}, but {near[0]!r}; call it the same in both"
        else:
            problem = f"{problem}; remove it, or correct the name"
        faults.append(Fault(document, (), problem, line_of(key)))
    return pairs
