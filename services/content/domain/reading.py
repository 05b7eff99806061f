"""Reads a folder's files into one source catalog for each locale, with every wrong shape."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
import yaml

from services.content.domain.faults import Fault
from services.content.domain.nodes import Document, compose
from services.content.domain.source import (
    ComparisonFile,
    ConcernSource,
    ConditionEntry,
    PlanSource,
    ProcedureSource,
    RedFlagEntry,
    SourceCatalog,
    SourceEntry,
    TermEntry,
    Wording,
)
from services.content.domain.translation import merge, untranslated

BASE_LOCALE: Final = "en"
COVERAGE: Final = "coverage.yaml"
"""How the catalog covers the article it began with. For authors; never published."""
REPLIES: Final = "replies/"
"""The folder of the rules for reading replies, which are the same in every locale."""

SHARED: Final[Mapping[str, Any]] = {
    "sources.yaml": dict[str, SourceEntry],
    "red-flags.yaml": dict[str, RedFlagEntry],
    "contraindications.yaml": dict[str, ConditionEntry],
    "comparison.yaml": ComparisonFile,
    "glossary.yaml": tuple[TermEntry, ...],
    "wording.yaml": Wording,
}
_STAND_INS: Final[Mapping[str, Any]] = {
    "sources.yaml": {},
    "red-flags.yaml": {},
    "contraindications.yaml": {},
    "comparison.yaml": ComparisonFile(guidance="", verdicts=()),
    "glossary.yaml": (),
    "wording.yaml": Wording(**dict.fromkeys(Wording.__struct_fields__, ())),
}
"""Values for files that cannot be read, so that a slip in one hides no fault of another."""
FOLDERS: Final[Mapping[str, Any]] = {
    "procedures": ProcedureSource,
    "concerns": ConcernSource,
    "plans": PlanSource,
}
_ENTRY: Final = re.compile(r"(procedures|concerns|plans)/([a-z0-9]+(?:-[a-z0-9]+)*)\.yaml")
_LOCALE_FILE: Final = re.compile(r"locales/([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/(.+)")


class Reading(msgspec.Struct, frozen=True):
    """One locale as read. `documents` holds every file, even if it is not YAML."""

    catalog: SourceCatalog
    documents: dict[str, Document]
    faults: tuple[Fault, ...]


def read_folder(files: Mapping[str, str]) -> dict[str, Reading]:
    """Read every locale of a folder. The base locale comes first and is always present."""
    own, translations, strays = _sorted_out(files)
    nodes, faults = _composed(own)
    absent = [name for name in SHARED if name not in own]
    strays += [Fault(name, (), "the file is missing; add it", 1) for name in absent]
    base = _read(BASE_LOCALE, own, nodes, {}, [*strays, *faults])
    readings = {BASE_LOCALE: base}
    # a translation can be checked only against a base file without faults
    unfit = {name for name, document in base.documents.items() if document.faults}
    for locale in sorted(translations):
        over, over_faults = _composed(translations[locale])
        prefix = f"locales/{locale}/"
        readings[locale] = _read(
            locale,
            own,
            nodes,
            {path: node for path, node in over.items() if path.removeprefix(prefix) not in unfit},
            [*over_faults, *_untranslated_files(locale, translations[locale])],
        )
    return readings


def _sorted_out(
    files: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, dict[str, str]], list[Fault]]:
    own: dict[str, str] = {}
    translations: dict[str, dict[str, str]] = {}
    strays: list[Fault] = []
    for path, text in sorted(files.items()):
        if path == COVERAGE or path.startswith(REPLIES):
            continue
        match = _LOCALE_FILE.fullmatch(path)
        inner = match[2] if match else path
        if not (inner in SHARED or _ENTRY.fullmatch(inner)):
            strays.append(Fault(path, (), _stray(inner), 1))
        elif match:
            translations.setdefault(match[1], {})[path] = text
        else:
            own[path] = text
    return own, translations, strays


def _stray(path: str) -> str:
    if path.partition("/")[0] in FOLDERS and path.endswith(".yaml"):
        problem = "no name for an entry; use lower-case letters, digits and hyphens"
        return f"{problem}, such as plans/new-plan.yaml"
    folders = ", ".join(f"{name}/<slug>.yaml" for name in FOLDERS)
    shared = ", ".join((*SHARED, COVERAGE, f"{REPLIES}…"))
    return f"not a file of a catalog; known: {shared}, {folders}, locales/<tag>/…"


def _untranslated_files(locale: str, files: Mapping[str, str]) -> Iterator[Fault]:
    """Pages may fall back to the base locale; files shown beside every page may not."""
    for name in SHARED:
        path = f"locales/{locale}/{name}"
        if name != "sources.yaml" and path not in files:
            yield Fault(path, (), "the file is missing; translate what is shared first", 1)
        elif name == "sources.yaml" and path in files:
            yield Fault(path, (), "sources are not translated; remove the file", 1)


def _composed(files: Mapping[str, str]) -> tuple[dict[str, yaml.Node], list[Fault]]:
    nodes: dict[str, yaml.Node] = {}
    faults: list[Fault] = []
    for name, text in files.items():
        node, compose_faults = compose(name, text)
        faults.extend(compose_faults)
        if node is not None:
            nodes[name] = node
    return nodes, faults


def _read(
    locale: str,
    names: Iterable[str],
    base: Mapping[str, yaml.Node],
    over: Mapping[str, yaml.Node],
    faults: list[Fault],
) -> Reading:
    documents = {name: Document(name) for name in names}
    values: dict[str, Any] = {}
    translated: set[str] = set()
    for name, node in base.items():
        document = documents[name]
        translation = f"locales/{locale}/{name}"
        merged, own_faults = node, list[Fault]()
        if translation in over:
            translated.add(name)
            merged, merge_faults = merge(node, over[translation], translation)
            own_faults.extend(merge_faults)
        value = document.convert(merged, SHARED.get(name) or FOLDERS[name.partition("/")[0]])
        own_faults.extend(document.faults)
        if name in translated:
            own_faults.extend(untranslated(document, translation))
        faults.extend(own_faults)
        if not (own_faults and name in SHARED) and not document.faults:
            values[name] = value
    faults.extend(_orphans(locale, documents, over))
    if locale != BASE_LOCALE:  # texts of another language would be reported as faults wrongly
        for name in SHARED.keys() - {"sources.yaml", *translated}:
            values.pop(name, None)
    return Reading(_catalog(locale, translated, values), documents, tuple(faults))


def _orphans(locale: str, base: Collection[str], over: Mapping[str, yaml.Node]) -> Iterator[Fault]:
    for path in over:
        name = path.removeprefix(f"locales/{locale}/")
        if name not in base:
            yield Fault(path, (), f"translates {name}, which is not there; remove it or add it", 1)


def _catalog(locale: str, translated: set[str], values: Mapping[str, Any]) -> SourceCatalog:
    files = {**_STAND_INS, **values}
    return SourceCatalog(
        locale=locale,
        translated=frozenset(translated),
        unread=frozenset(SHARED.keys() - values.keys()),
        sources=files["sources.yaml"],
        red_flags=files["red-flags.yaml"],
        contraindications=files["contraindications.yaml"],
        comparison=files["comparison.yaml"],
        glossary=files["glossary.yaml"],
        wording=files["wording.yaml"],
        procedures=_entries("procedures", values),
        concerns=_entries("concerns", values),
        plans=_entries("plans", values),
    )


def _entries(folder: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of one folder by slug, which is the file's name."""
    matches = {name: _ENTRY.fullmatch(name) for name in values}
    return {
        match[2]: values[name] for name, match in matches.items() if match and match[1] == folder
    }
