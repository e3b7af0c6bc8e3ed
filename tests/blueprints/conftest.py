"""What the tests of the blueprints share."""

from collections.abc import AsyncGenerator
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Return a writable configuration folder."""
    return str(tmp_path)


@pytest.fixture(autouse=True)
async def _automations_end(request: pytest.FixtureRequest) -> AsyncGenerator[None]:
    """Turn automations off at the end, so that none is left waiting."""
    if "hass" not in request.fixturenames:
        yield
        return
    hass: HomeAssistant = request.getfixturevalue("hass")
    yield
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )
