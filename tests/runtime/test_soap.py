"""The integration over SOAP."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CONF_DIALECT,
    CONF_RICH_PRESENCE,
    DOMAIN,
)
from custom_components.cisco_unified_presence.pws import DialectMode
from tests.common.live_channel import ANNA, BEN, CHANNEL
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

pytestmark = pytest.mark.usefixtures("all_rich_entities")


@pytest.fixture
def entry_data(entry_data: dict[str, Any]) -> dict[str, Any]:
    """Choose the dialect."""
    return entry_data | {CONF_DIALECT: DialectMode.SOAP.value}


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """Turn rich presence on."""
    return {CONF_RICH_PRESENCE: True}


async def test_presence_is_shown_and_set(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert (shown(hass, ANNA), shown(hass, BEN)) == ("available", "busy")
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("ben", "AWAY", note="Lunch")
    await until(lambda: shown(hass, BEN) == "away")
    assert shown(hass, "sensor.ben_status_message") == "Lunch"
    await hass.services.async_call(
        DOMAIN,
        "set_presence",
        {"entity_id": ANNA, "presence": "busy", "note": "Lab <3"},
        blocking=True,
    )
    assert (shown(hass, ANNA), shown(hass, "sensor.anna_status_message")) == ("busy", "Lab <3")
    paths = {path.partition("?")[0] for _, path, _ in await cup.requests()}
    assert all("/soap" in path for path in paths), paths


async def test_person_is_taken_out_of_the_subscription(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    (before,) = (await cup.state())["subscriptions"]
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)
    (after,) = (await cup.state())["subscriptions"]
    assert after["id"] == before["id"]
    assert "ben@example.com" not in after["contacts"]


async def test_nothing_is_left_behind(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    state = await cup.state()
    assert (state["sessions"], state["endpoints"], state["subscriptions"]) == ([], [], [])
