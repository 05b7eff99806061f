"""What `afterglow catalog check` runs: the publisher's own checks, on a folder, alone."""

import time
from datetime import UTC, datetime
from pathlib import Path

from services.content.source.reader import folder_files, shipped_files
from services.content.usecases.check_catalog import Checked, check
from services.contracts.content import Problem


def check_folder(folder: Path | None) -> tuple[Problem, ...]:
    """Every problem of the folder's catalog, else of the shipped one; overdue reviews included.

    Raises FolderFault when there is nothing to check.
    """
    files = shipped_files() if folder is None else folder_files(folder)
    checked = check(files, today=datetime.fromtimestamp(time.time(), UTC).date())
    return () if isinstance(checked, Checked) else checked
