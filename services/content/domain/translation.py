"""A translation laid over the file it translates: same keys, other words, nothing else."""

from collections.abc import Iterator

import yaml

from services.content.domain.faults import Fault, Path
from services.content.domain.nodes import Document, line_of

_HANDLES = ("key", "slug", "code", "concern")


def overlay(base: yaml.Node, over: yaml.Node, document: str) -> tuple[yaml.Node, tuple[Fault, ...]]:
    """The base with what the translation says in its place.

    A list of texts is replaced whole. In a list of entries a translation names the entry by its
    key, slug, code or concern, else by its number, counted from 1.
    """
    faults: list[Fault] = []
    return _laid(base, over, document, faults), tuple(faults)


def untranslated(document: Document, translation: str) -> Iterator[Fault]:
    """Texts that a translated file still has in the base's words, and what it may not replace."""
    for path in sorted(document.scalars, key=str):
        is_own = document.places[path].file == translation
        is_text = path in document.texts or _within(path, document.lists_of_texts)
        if is_own and not is_text:
            yield Fault(
                document.name, path, "a translation replaces texts only; remove this key from it"
            )
        elif is_text and not is_own:
            what = f"{_spelled(document, path)} is not translated; add it"
            yield Fault(translation, (), what, _nearest_line(document, path, translation))


def _spelled(document: Document, path: Path) -> str:
    """The keys that lead there as a translation writes them: entries of lists by their names."""
    parts = []
    for end, part in enumerate(path):
        names = (document.scalars.get((*path[: end + 1], handle)) for handle in _HANDLES)
        number = str(part + 1) if isinstance(part, int) else part
        parts.append(next(filter(None, names), number) if isinstance(part, int) else number)
    return ".".join(parts)


def _nearest_line(document: Document, path: Path, translation: str) -> int:
    """Of the closest thing around it that the translation has, else of the file's beginning."""
    around = (document.places.get(path[:end]) for end in range(len(path), 0, -1))
    return next((place.line for place in around if place and place.file == translation), 1)


def _within(path: Path, lists: set[Path]) -> bool:
    return any(path[:end] in lists for end in range(len(path)))


def _laid(base: yaml.Node, over: yaml.Node, document: str, faults: list[Fault]) -> yaml.Node:
    if isinstance(base, yaml.SequenceNode) and isinstance(over, yaml.MappingNode):
        return _laid_on_list(base, over, document, faults)
    if isinstance(base, yaml.MappingNode) and isinstance(over, yaml.MappingNode):
        return _laid_on_mapping(base, over, document, faults)
    return over


def _laid_on_mapping(
    base: yaml.MappingNode, over: yaml.MappingNode, document: str, faults: list[Fault]
) -> yaml.Node:
    replacements = {key.value: (key, value) for key, value in over.value}
    merged = []
    for key, value in base.value:
        own = replacements.pop(key.value, None)
        merged.append((own[0], _laid(value, own[1], document, faults)) if own else (key, value))
    faults.extend(_nothing_there(document, key) for key, _ in replacements.values())
    return yaml.MappingNode(base.tag, merged, base.start_mark, base.end_mark)


def _laid_on_list(
    base: yaml.SequenceNode, over: yaml.MappingNode, document: str, faults: list[Fault]
) -> yaml.Node:
    replacements = {key.value: (key, value) for key, value in over.value}
    merged = []
    for number, item in enumerate(base.value, start=1):
        own = replacements.pop(_handle(item) or str(number), None)
        merged.append(_laid(item, own[1], document, faults) if own else item)
    faults.extend(_nothing_there(document, key) for key, _ in replacements.values())
    return yaml.SequenceNode(base.tag, merged, base.start_mark, base.end_mark)


def _handle(item: yaml.Node) -> str | None:
    if not isinstance(item, yaml.MappingNode):
        return None
    values = {key.value: value.value for key, value in item.value}
    return next((values[name] for name in _HANDLES if isinstance(values.get(name), str)), None)


def _nothing_there(document: str, key: yaml.Node) -> Fault:
    what = f"the base file has no {key.value!r} here; remove it, or correct the name"
    return Fault(document, (), what, line_of(key))
