"""What all tests of script/hassfest share."""

from pathlib import Path

import pytest

from hassfest.repository import Repository

from .broken_copy import copy_to


@pytest.fixture(name="copy")
def copy_fixture(tmp_path: Path) -> Repository:
    return copy_to(tmp_path)
