"""When the sentences are written by themselves, of an entry that is not set up."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.voice import async_start_voice
from custom_components.cisco_unified_presence.voice.files import FOLDER, NAME
from custom_components.cisco_unified_presence.voice.installation import VoiceSentences
from tests.common.entry import add_person, person

PERSON = "person.ben"
NOON = "2026-11-30 12:00:00+00:00"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry whose only person is linked to one of Home Assistant."""
    ben = person("ben", name="Ben Okafor")
    ben["data"]["link_person"] = PERSON
    entry = MockConfigEntry(domain=DOMAIN, options={"voice_sentences": True}, subentries_data=[ben])
    entry.add_to_hass(hass)
    return entry


def contents_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def written(hass: HomeAssistant) -> str:
    await hass.async_block_till_done()
    return contents_of(Path(hass.config.path(FOLDER), "en", NAME))


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: int) -> None:
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_a_name_is_written_at_once_and_the_next_one_after_five_seconds(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    async_start_voice(hass)
    assert "Okafor" in await written(hass)
    await pass_time(hass, freezer, 6)
    await pass_time(hass, freezer, 6)
    add_person(hass, entry, "anna")
    assert "Anna" in await written(hass)
    add_person(hass, entry, "clara")
    assert "Clara" not in await written(hass)
    await pass_time(hass, freezer, 4)
    assert "Clara" not in await written(hass)
    await pass_time(hass, freezer, 1)
    assert "Clara" in await written(hass)


async def test_people_of_home_assistant_who_come_at_the_end_of_its_start_are_known(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    hass.set_state(CoreState.starting)
    async_start_voice(hass)
    await hass.async_block_till_done()
    hass.states.async_set(PERSON, "home", {"friendly_name": "Benedict Ito"})
    await pass_time(hass, freezer, 6)
    assert "Benedict" not in await written(hass)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, 6)
    assert "Benedict" in await written(hass)


async def test_nothing_is_written_while_home_assistant_stops(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    async_start_voice(hass)
    add_person(hass, entry, "anna")
    before = await written(hass)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    add_person(hass, entry, "clara")
    await pass_time(hass, freezer, 6)
    assert await written(hass) == before


async def test_who_can_be_spoken_about_is_known_before_anything_is_written(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    voice = VoiceSentences(hass)
    directory = await voice.async_directory()
    assert [each.name for each in directory.people.values()] == ["Ben Okafor"]
    # Then it is as of the latest update.
    add_person(hass, entry, "anna")
    assert await voice.async_directory() is directory
    await voice.async_update()
    assert len((await voice.async_directory()).people) == 2
