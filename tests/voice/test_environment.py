"""The conversation agent of the tests is the one that Home Assistant installs."""

from importlib.metadata import version
import json
from pathlib import Path

from homeassistant.components import conversation


def test_the_packages_of_the_agent_are_those_that_home_assistant_pins() -> None:
    manifest = json.loads((Path(conversation.__file__).parent / "manifest.json").read_text())
    assert len(manifest["requirements"]) >= 3
    for requirement in manifest["requirements"]:
        name, pinned = requirement.split("==")
        assert version(name) == pinned
