"""The blueprints as files: Home Assistant imports them from where they say they are."""

import json
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from tests.common.texts import FOLDER as INTEGRATION

from .environment import BLUEPRINTS, FOLDER, NAMES, REPOSITORY

MANIFEST: dict[str, Any] = json.loads((INTEGRATION / "manifest.json").read_text())
# Whom or what it is about has to be chosen; all else has a default.
CHOSEN = {
    "busy_while": {"sensor", "people"},
    "mute_on_call": {"people", "players"},
    "presence_light": {"person", "light"},
}


def blueprint(name: str) -> Blueprint:
    """Read a blueprint as Home Assistant does."""
    path = BLUEPRINTS / f"{name}.yaml"
    return Blueprint(
        load_yaml_dict(path),
        path=path.name,
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )


def test_there_are_three() -> None:
    assert set(NAMES) == CHOSEN.keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_input_is_named_and_what_can_have_a_default_has_one(name: str) -> None:
    found = blueprint(name)
    assert found.validate() is None
    assert {key for key, value in found.inputs.items() if "default" not in value} == CHOSEN[name]
    assert all(value["name"] and value["selector"] for value in found.inputs.values())


@pytest.mark.parametrize("name", NAMES)
def test_only_our_people_are_offered(name: str) -> None:
    inputs = blueprint(name).inputs
    selector = inputs["people" if "people" in inputs else "person"]["selector"]
    assert validate_selector(selector)
    for each in selector["entity"]["filter"]:
        assert each["integration"] == MANIFEST["domain"]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_where_the_integration_runs(name: str) -> None:
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert blueprint(name).metadata["homeassistant"] == {"min_version": hacs["homeassistant"]}


@pytest.mark.parametrize("name", NAMES)
async def test_home_assistant_imports_it_from_where_it_says(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, name: str
) -> None:
    source = blueprint(name).metadata["source_url"]
    path = f"blueprints/automation/{FOLDER}/{name}.yaml"
    assert source == f"{MANIFEST['documentation']}/blob/main/{path}"
    owner_and_name = MANIFEST["documentation"].removeprefix("https://github.com/")
    aioclient_mock.get(
        f"https://raw.githubusercontent.com/{owner_and_name}/main/{path}",
        text=(BLUEPRINTS / f"{name}.yaml").read_text(),
    )
    imported = await fetch_blueprint_from_url(hass, source)
    assert imported.suggested_filename.endswith(f"/{name}")
    assert imported.blueprint.name == blueprint(name).name
