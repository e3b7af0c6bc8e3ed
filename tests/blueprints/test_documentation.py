"""docs/automations.md: every example runs, and everything there is is named."""

import re
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.cisco_unified_presence.condition import CONDITIONS
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.trigger import TRIGGERS
from tests.automations import set_up

from .house import NAMES, REPOSITORY, bring
from .test_importing import blueprint

TEXT = (REPOSITORY / "docs" / "automations.md").read_text()
EXAMPLES: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
]


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """Ask for documents."""
    return {CONF_RICH_PRESENCE: True}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["alias"]))
async def test_the_example_is_a_sound_automation(
    hass: HomeAssistant, loaded: MockConfigEntry, example: dict[str, Any]
) -> None:
    for name in NAMES:
        await bring(hass, name)
    await set_up(hass, example)


def test_everything_is_named_and_every_blueprint_has_an_example() -> None:
    assert set(re.findall(r"\(`([a-z_]+)`\)", TEXT)) == TRIGGERS.keys() | CONDITIONS.keys()
    used = {each["use_blueprint"]["path"] for each in EXAMPLES if "use_blueprint" in each}
    assert used == {f"cisco_unified_presence/{name}.yaml" for name in NAMES}
    for name in NAMES:
        assert f"### {blueprint(name).name}\n" in TEXT
        assert f"`{blueprint(name).metadata['source_url']}`" in TEXT
