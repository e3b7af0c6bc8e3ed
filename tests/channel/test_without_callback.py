"""The live channel without a callback: polling."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan_input import TimerFired
from tests.common.entry import add_person
from tests.common.live_channel import ANNA, CHANNEL, CONTACT_POLLS, POLL, RETRIES
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled


@pytest.fixture
async def without_callback(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, entry: MockConfigEntry
) -> MockConfigEntry:
    """Set the entry up with the webhook chosen while Home Assistant's address is https."""
    hass.config.internal_url = "https://home.example:8123"
    hass.config_entries.async_update_entry(entry, options={"callback": "webhook"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    return entry


async def test_without_a_callback_all_people_are_polled(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    assert shown(hass, ANNA) == "available"
    assert shown(hass, CHANNEL) == "polling"
    assert cup.asked("POST", "endpoints") == 0

    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", CONTACT_POLLS) == 6


async def test_without_a_callback_a_new_person_is_polled_at_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    cup.simulator.service.people.add("dora", "Dora")
    add_person(hass, without_callback, "dora")
    await settled(cup)
    await hass.async_block_till_done()

    assert shown(hass, "sensor.dora_presence") == "offline"
    assert cup.asked("POST", "endpoints") == 0


async def test_without_a_callback_a_refresh_polls_all_people(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.choose("anna", "DND")
    before = cup.asked("GET", CONTACT_POLLS)

    await without_callback.runtime_data.eventing.async_refresh_now()
    await settled(cup)

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", CONTACT_POLLS) == before + 3


async def test_without_a_callback_polls_decide_whether_the_server_is_reachable(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("refuse_connections")
    for pause in (POLL, *RETRIES[:2]):
        assert shown(hass, ANNA) == "available"
        await pass_time(freezer, cup, pause)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    await cup.heal()
    await pass_time(freezer, cup, RETRIES[2])
    assert shown(hass, ANNA) == "available"


async def test_polls_do_not_pile_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    before = cup.asked("GET", CONTACT_POLLS)
    # Each poll takes longer than the interval, and less than the request's timeout.
    eventing = without_callback.runtime_data.eventing
    await cup.inject("delay", delay=5, path="anna", count=1)
    eventing._handle(TimerFired(Timer.POLL))
    await settled(cup)
    eventing._handle(TimerFired(Timer.POLL))
    eventing._handle(TimerFired(Timer.POLL))
    await settled(cup)
    assert cup.asked("GET", CONTACT_POLLS) == before + 3

    await pass_time(freezer, cup, 5)
    assert cup.asked("GET", CONTACT_POLLS) == before + 6
