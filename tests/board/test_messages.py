"""All that the first messages of the board say, one snapshot each.

Random ids are replaced by what they name.
"""

from collections.abc import Callable
from datetime import UTC, datetime
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import group, person
from tests.common.rules import AT_DESK, DESK, rule, subentry
from tests.common.server import Cup
from tests.common.waiting import settled

from .conftest import Browser

type Named = Callable[[Any], Any]


@pytest.fixture(autouse=True)
async def _at_nine(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Begin at nine, before anybody logs in."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Anna is at her desk, for which there is a rule; Clara is controlled too, Ben is watched."""
    hass.states.async_set(DESK, "on", {"friendly_name": "Desk occupied"})
    anna = person("anna", controlled=True)
    anna["data"]["link_person"] = "person.anna"
    return [
        anna,
        person("ben"),
        person("clara", controlled=True),
        subentry(at_most={"hours": 2}),
        subentry("Nobody in", when=[{**AT_DESK, "state": "off"}], presence="away", priority=5),
        group("Team", "anna", "ben"),
    ]


@pytest.fixture
def named(hass: HomeAssistant, loaded: MockConfigEntry) -> Named:
    """Replace the random ids of an entry, its subentries and devices by their names."""

    def replaced(message: Any) -> Any:
        text = json.dumps(message)
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id):
            text = text.replace(device.id, f"<device {device.name}>")
        for each in loaded.subentries.values():
            text = text.replace(each.subentry_id, f"<{each.title}>")
        return json.loads(text.replace(loaded.entry_id, "<entry>"), object_hook=in_order)

    return replaced


def in_order(message: dict[str, Any]) -> dict[str, Any]:
    """Sort what a message says of each person, which comes in the order of random ids."""
    if "evaluations" in message:
        message["evaluations"].sort(key=lambda each: str(each["person"]))
    return message


async def act(hass: HomeAssistant, user: MockUser, action: str, **data: Any) -> None:
    context = Context(user_id=user.id)
    await hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)


@pytest.fixture
async def _busy_morning(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, hass_admin_user: MockUser
) -> None:
    area = ar.async_get(hass).async_create("Office")
    label = lr.async_get(hass).async_create("Team")
    anna = er.async_get(hass).async_get("sensor.anna_presence")
    assert anna
    assert anna.device_id
    dr.async_get(hass).async_update_device(anna.device_id, area_id=area.id, labels={label.label_id})
    hass_admin_user.name = "Admin"
    await act(
        hass,
        hass_admin_user,
        "set_presence",
        entity_id="sensor.clara_presence",
        presence="away",
        note="Lunch",
        duration={"hours": 1},
    )
    await act(
        hass,
        hass_admin_user,
        "pause_rules",
        entity_id="sensor.clara_presence",
        duration={"hours": 3},
    )
    await cup.choose("ben", "DND", note="Deep work", activities=["meeting", "on-the-phone"])
    await hass.async_block_till_done()
    await settled(cup)


@pytest.mark.usefixtures("_busy_morning")
async def test_people(browser: Browser, named: Named, snapshot: SnapshotAssertion) -> None:
    assert named(await browser.subscribe("people", language="de")) == snapshot


@pytest.mark.usefixtures("_busy_morning")
async def test_people_of_an_entry_that_is_not_running(
    hass: HomeAssistant,
    browser: Browser,
    loaded: MockConfigEntry,
    named: Named,
    snapshot: SnapshotAssertion,
) -> None:
    await browser.subscribe("people")
    hass.config_entries.async_update_entry(loaded, data={**loaded.data, "port": 1})
    await browser.until(lambda each: "gone" in each)
    await hass.async_block_till_done()
    assert named(await browser.subscribe("people")) == snapshot


async def test_rules(
    hass: HomeAssistant,
    browser: Browser,
    cup: Cup,
    hass_admin_user: MockUser,
    named: Named,
    snapshot: SnapshotAssertion,
) -> None:
    each_person = {"condition": "template", "value_template": "{{ person.name == 'Anna' }}"}
    written = [
        rule("For each", people=["anna", "clara"], when=[each_person, AT_DESK], priority=-1),
        rule("In YAML", people=["clara"], presence="do_not_disturb"),
    ]
    await async_rule_engine(hass).async_set_yaml_rules(written)
    await hass.async_block_till_done()
    await act(hass, hass_admin_user, "pause_rules", rule="Nobody in", duration={"hours": 1})
    await hass.async_block_till_done()
    await settled(cup)
    assert named(await browser.subscribe("rules")) == snapshot
