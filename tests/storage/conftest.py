"""Home Assistant stores in real files, in a directory of the test."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Take the place of the test plug-in's storage in memory."""
    return {}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where Home Assistant stores."""
    (tmp_path / ".storage").mkdir()
    return tmp_path / ".storage"


@pytest.fixture
def hass_config_dir(directory: Path) -> str:
    return str(directory.parent)
