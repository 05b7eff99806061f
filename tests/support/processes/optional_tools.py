"""Tools that a newcomer may lack, and that a clean machine of ours must have."""

import os

import pytest


def is_missing(tool: str) -> None:
    """Skip the test, naming the tool and how to get it; where all tools must be, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{tool} is missing")
    pytest.skip(f"optional tool {tool} is missing")
