"""Changing the options, and that they count at once."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.settings import CallbackSettings, Intervals
from tests.common.flows import Walk
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

USUAL: dict[str, object] = {
    "callback": "automatic",
    "callback_port": 8080,
    "poll_interval": 60,
    "look_interval": 900,
    "rich_presence": False,
    "manual_end": "never",
    "manual_hours": 8,
    "board": True,
    "voice_sentences": False,
}


async def test_the_form_shows_what_is_usual_and_saving_it_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await Walk.options(hass, loaded.entry_id)
    assert walk.suggested == {}
    before = CallbackSettings.of(loaded.data, loaded.options), Intervals.of(loaded.options)
    await walk.fill_in("init")
    assert walk.created == USUAL
    assert (
        CallbackSettings.of(loaded.data, loaded.options),
        Intervals.of(loaded.options),
    ) == before
    await hass.async_block_till_done()
    assert loaded.state is ConfigEntryState.LOADED


async def test_options_are_applied_without_a_reload(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    running, logins = loaded.runtime_data, cup.asked("POST", "/users/hass/sessions")
    address = f"{hass.config.internal_url}/"
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in(
        "init",
        callback="webhook",
        callback_url=f" {address} ",
        callback_port=8082,
        poll_interval=5,
        look_interval=86400,
    )
    assert walk.created["callback_url"] == address
    await hass.async_block_till_done()
    assert loaded.runtime_data is running
    assert cup.asked("POST", "/users/hass/sessions") == logins
    assert Intervals.of(loaded.options) == Intervals(timedelta(seconds=5), timedelta(days=1))
    await until(lambda: shown(hass, "sensor.cup_update_channel") == "eventing")
    [endpoint] = (await cup.state())["endpoints"]
    assert endpoint["url"].startswith(address)

    walk = await Walk.options(hass, loaded.entry_id)
    assert walk.suggested["callback_url"] == address
    assert walk.suggested["poll_interval"] == 5
    # An emptied field is left out by the browser.
    await walk.fill_in("init", **USUAL)
    assert "callback_url" not in walk.created
    await hass.async_block_till_done()
    await settled(cup)
    assert CallbackSettings.of(loaded.data, loaded.options).url is None


async def test_without_a_callback_nothing_is_registered_and_presence_is_polled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", **{**USUAL, "callback": "none"})
    await hass.async_block_till_done()
    # Polls run beside the removal of the endpoint.
    await settled(cup)

    await until(lambda: shown(hass, "sensor.anna_presence") == "available")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, 60)

    assert shown(hass, "sensor.cup_update_channel") == "polling"
    await until(lambda: shown(hass, "sensor.anna_presence") == "do_not_disturb")
    assert not (await cup.state())["endpoints"]


async def test_options_that_stay_the_same_reload_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    for _ in range(2):
        walk = await Walk.options(hass, loaded.entry_id)
        await walk.fill_in("init", **USUAL)
        await hass.async_block_till_done()
        running = loaded.runtime_data
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", **USUAL)
    await hass.async_block_till_done()
    assert loaded.runtime_data is running


@pytest.mark.parametrize(
    "url", ["https://ha.example", "ha.example:8123", "http://", "http://a b", "http://ha/?x=1"]
)
async def test_an_address_that_the_server_cannot_call_is_told_at_its_field(
    hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> None:
    walk = await Walk.options(hass, entry.entry_id)
    await walk.fill_in("init", **{**USUAL, "callback_url": url, "poll_interval": 7})
    assert walk.step == "init"
    assert walk.result["errors"] == {"callback_url": "callback_url_not_http"}
    assert walk.suggested["callback_url"] == url
    assert walk.suggested["poll_interval"] == 7
    assert entry.options == {}
    await walk.fill_in("init", **{**USUAL, "callback_url": "http://ha.example:8123"})
    assert walk.created["callback_url"] == "http://ha.example:8123"


async def test_a_blank_address_is_none(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    walk = await Walk.options(hass, entry.entry_id)
    await walk.fill_in("init", **{**USUAL, "callback_url": "  "})
    assert walk.created == USUAL


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("callback_port", 0),
        ("callback_port", 65536),
        ("poll_interval", 4),
        ("poll_interval", 3601),
        ("look_interval", 59),
        ("look_interval", 86401),
        ("look_interval", "often"),
        ("callback", "carrier pigeon"),
    ],
)
async def test_numbers_out_of_range_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry, field: str, value: object
) -> None:
    walk = await Walk.options(hass, entry.entry_id)
    with pytest.raises(InvalidData) as refused:
        await walk.fill_in("init", **{**USUAL, field: value})
    assert list(refused.value.schema_errors) == [field]
    await walk.fill_in("init", **USUAL)
    assert walk.created == USUAL


async def test_control_is_switched_for_many_people_in_one_step(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", **USUAL, choose_controlled=True)
    assert walk.suggested == {"people": ["anna@example.com"]}
    await walk.fill_in("controlled", people=["ben@example.com", "clara@example.com"])
    assert walk.created == USUAL
    await hass.async_block_till_done()
    await settled(cup)

    people = loaded.runtime_data.coordinator.people.values()
    assert {each.name: each.controlled for each in people} == {
        "Anna": False,
        "Ben": True,
        "Clara": True,
    }
    assert hass.states.get("select.ben_set_presence")
    assert hass.states.get("select.anna_set_presence") is None


@pytest.mark.parametrize("entry_people", [[]])
async def test_without_people_nobody_is_to_be_chosen(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    walk = await Walk.options(hass, entry.entry_id)
    await walk.fill_in("init", choose_controlled=True)
    assert walk.created == USUAL


async def test_nobody_may_be_chosen(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", choose_controlled=True)
    # An emptied field is left out by the browser.
    await walk.fill_in("controlled")
    await hass.async_block_till_done()
    assert not loaded.runtime_data.coordinator.controlled
