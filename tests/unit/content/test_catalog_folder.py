from pathlib import Path

import pytest

from services.content.domain.reading import SHARED
from services.content.source.reader import FolderFault, folder_files
from tests.support.content.pack import pack


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_reads_every_file_of_a_catalog(tmp_path: Path) -> None:
    assert folder_files(_written(tmp_path, pack())) == pack()


def test_never_looks_into_what_starts_with_a_dot(tmp_path: Path) -> None:
    hidden = {".git/a.yaml": "x", ".swap.yaml": "x", "plans/.old/b.yaml": "x"}

    assert folder_files(_written(tmp_path, pack() | hidden)) == pack()


@pytest.mark.parametrize("files", [{}, {"ci/build.yaml": "x"}, {"inner/sources.yaml": "x"}])
def test_says_in_one_line_what_a_folder_lacks_to_be_a_catalog(
    tmp_path: Path, files: dict[str, str]
) -> None:
    with pytest.raises(FolderFault) as refused:
        folder_files(_written(tmp_path, files))

    message = str(refused.value)
    assert message.startswith(f"{tmp_path} is no catalog: it holds no ")
    assert [name for name in SHARED if name not in message] == []
    assert "\n" not in message


def test_a_catalog_that_lacks_some_shared_file_is_still_read(tmp_path: Path) -> None:
    files = pack()
    del files["sources.yaml"]

    assert folder_files(_written(tmp_path, files)) == files
