"""Home Assistant stores in real files, in a directory of the test; a store of records."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.storage import RecordStore

KEY = "cisco_unified_presence.test"
WITHIN = 5.0


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


@pytest.fixture
def values() -> dict[str, Any]:
    return {}


@pytest.fixture
def store(hass: HomeAssistant, values: dict[str, Any]) -> RecordStore:
    return RecordStore(hass, KEY, lambda: dict(values), within=WITHIN)
