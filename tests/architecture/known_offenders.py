"""Writes known_offenders.txt: `python -m tests.architecture.known_offenders`."""

from tests.architecture.source_tree import KNOWN_OFFENDERS, python_files
from tests.architecture.test_glossary import misused_names
from tests.architecture.test_sizes import crowded_folders, large_classes


def main() -> None:
    files = python_files("services", "tests", "bench")
    lines = [
        *(f"class {class_}" for class_ in large_classes()),
        *(f"folder {folder}" for folder in crowded_folders()),
        *(f"words {path}" for path, tree in files.items() if any(misused_names(path, tree))),
    ]
    KNOWN_OFFENDERS.write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")


if __name__ == "__main__":
    main()
