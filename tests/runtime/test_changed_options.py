"""Options that change are taken up in place, and a reload of our own leaves what is published."""

from collections.abc import Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    CONF_DIALECT,
    CONF_FULL_REFRESH_INTERVAL,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DOMAIN,
)
from tests.common.live_channel import SUBSCRIPTIONS
from tests.common.server import PASSWORD, Cup
from tests.common.server_state import ANNA
from tests.common.setting_presence import WRITES, logged_in, set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

CHANNEL = "sensor.cup_update_channel"
PHONE = "binary_sensor.anna_on_the_phone"

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def busy(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> MockConfigEntry:
    """Publish Busy for Anna."""
    await set_presence(hass, "busy")
    await settled(cup)
    return loaded


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, **changed: Mapping[str, Any] | str
) -> None:
    hass.config_entries.async_update_entry(entry, **changed)  # type: ignore[arg-type]
    await hass.async_block_till_done()
    await settled(cup)
    await hass.async_block_till_done()


def changes_of_sessions(cup: Cup) -> int:
    """Return how often somebody was logged out, or a presence was written."""
    return cup.asked("DELETE", "/session") + cup.asked("PUT", "/presence/")


@pytest.mark.parametrize(
    "options",
    [
        {CONF_POLL_INTERVAL: 5},
        {CONF_FULL_REFRESH_INTERVAL: 300},
        {CONF_RICH_PRESENCE: True},
        {CONF_CALLBACK: "none"},
        {CONF_CALLBACK: "port", CONF_CALLBACK_PORT: 0},
        {CONF_CALLBACK_URL: "http://127.0.0.1:9"},
    ],
)
async def test_changed_options_touch_no_session(
    hass: HomeAssistant, busy: MockConfigEntry, cup: Cup, options: dict[str, Any]
) -> None:
    runtime, before = busy.runtime_data, changes_of_sessions(cup)
    await change(hass, busy, cup, options=options)
    assert busy.runtime_data is runtime
    assert changes_of_sessions(cup) == before
    assert await cup.presence_of("anna") == "BUSY"
    await change(hass, busy, cup, options={})
    assert busy.runtime_data is runtime
    assert changes_of_sessions(cup) == before


async def test_changed_interval_counts_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, busy: MockConfigEntry, cup: Cup
) -> None:
    """A full refresh subscribes anew; it is due after the new interval, and not before."""
    await pass_time(freezer, cup, 60)
    await change(hass, busy, cup, options={CONF_FULL_REFRESH_INTERVAL: 300})
    made = cup.asked("POST", SUBSCRIPTIONS)
    await pass_time(freezer, cup, 290)
    assert cup.asked("POST", SUBSCRIPTIONS) == made
    await pass_time(freezer, cup, 10)
    assert cup.asked("POST", SUBSCRIPTIONS) == made + 1


async def test_rich_presence_comes_and_goes(
    hass: HomeAssistant, busy: MockConfigEntry, cup: Cup
) -> None:
    await cup.choose("anna", "BUSY", manual=False, activities=["on-the-phone"])
    await change(hass, busy, cup, options={CONF_RICH_PRESENCE: True})
    await until(lambda: shown(hass, PHONE) in {"on", "off"})
    assert "devices" in hass.states.get(ANNA).attributes  # type: ignore[union-attr]

    await change(hass, busy, cup, options={})
    await until(lambda: hass.states.get(PHONE) is None)
    assert er.async_get(hass).async_get(PHONE) is None
    await until(lambda: "devices" not in hass.states.get(ANNA).attributes)  # type: ignore[union-attr]


async def test_callback_moves(hass: HomeAssistant, busy: MockConfigEntry, cup: Cup) -> None:
    assert shown(hass, CHANNEL) == "eventing"
    [before] = (await cup.state())["endpoints"]

    await change(hass, busy, cup, options={CONF_CALLBACK: "none"})
    assert shown(hass, CHANNEL) == "polling"
    state = await cup.state()
    assert (state["endpoints"], state["subscriptions"]) == ([], [])

    await change(hass, busy, cup, options={})
    await until(lambda: shown(hass, CHANNEL) == "eventing")
    [endpoint] = (await cup.state())["endpoints"]
    assert endpoint["url"] == before["url"]
    await cup.choose("ben", "DND")
    await until(lambda: shown(hass, "sensor.ben_presence") == "do_not_disturb")


async def test_reload_of_our_own_leaves_what_is_published(
    hass: HomeAssistant, busy: MockConfigEntry, cup: Cup
) -> None:
    runtime, written = busy.runtime_data, cup.asked("PUT", WRITES)
    logouts = cup.asked("DELETE", "/users/anna/") + cup.asked("DELETE", "/users/hass/")
    await change(hass, busy, cup, data={**busy.data, CONF_DIALECT: "rest"})
    await until(lambda: busy.state is ConfigEntryState.LOADED)
    assert busy.runtime_data is not runtime
    assert cup.asked("DELETE", "/users/anna/") + cup.asked("DELETE", "/users/hass/") == logouts
    assert cup.asked("PUT", WRITES) == written
    assert await cup.presence_of("anna") == "BUSY"


async def test_reload_with_another_account_clears_what_the_first_has_published(
    hass: HomeAssistant, busy: MockConfigEntry, cup: Cup
) -> None:
    cup.accounts["other"] = ApplicationUser(PASSWORD)
    data = {**busy.data, CONF_APPLICATION_USER: "other", CONF_PASSWORD: PASSWORD}
    await change(hass, busy, cup, data=data)
    await until(lambda: busy.state is ConfigEntryState.LOADED)
    await settled(cup)
    assert "hass" not in await logged_in(cup)
    assert await cup.presence_of("anna") == "BUSY"


@pytest.mark.usefixtures("all_rich_entities")
async def test_more_entities_begin_with_what_they_show(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    changes: list[tuple[str, str | None, str]] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if new and (old is None or old.state != new.state):
            changes.append((new.entity_id, old.state if old else None, new.state))

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    await change(hass, loaded, cup, options={CONF_RICH_PRESENCE: True})

    assert (PHONE, None, "off") in changes
    assert [each for each in changes if each[1] is not None] == []


async def test_new_title_renames_the_server_and_interrupts_nothing(
    hass: HomeAssistant, busy: MockConfigEntry, cup: Cup
) -> None:
    runtime, asked = busy.runtime_data, cup.asked()
    await change(hass, busy, cup, title="Head office")
    assert busy.runtime_data is runtime
    assert cup.asked() == asked
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, busy.entry_id), busy.entry_id
    )
    assert device
    assert device.name == "Head office"
