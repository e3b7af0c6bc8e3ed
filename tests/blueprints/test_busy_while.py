"""The blueprint busy_while: when people become busy, and when that ends."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from tests.common.automations import ANNA, BEN, choose
from tests.common.entry import person
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

from .environment import use

pytestmark = pytest.mark.usefixtures("all_rich_entities")

ROOM = "binary_sensor.room"
MINUTE = 60.0
HOUR = 3600.0


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Turn rich presence on in the test of the note."""
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


async def occupy(hass: HomeAssistant, cup: Cup, state: str) -> None:
    hass.states.async_set(ROOM, state)
    await settled(cup)


async def busy(hass: HomeAssistant, **inputs: Any) -> None:
    await use(hass, "busy_while", **{"sensor": ROOM, "people": [ANNA], **inputs})


async def let_ben_be_set(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    ben = next(each for each in entry.subentries.values() if each.title == "Ben")
    controlled = person("ben", controlled=True)["data"]
    hass.config_entries.async_update_subentry(entry, ben, data=controlled)
    await hass.async_block_till_done()


async def override_of(cup: Cup) -> dict[str, Any] | None:
    """Return Anna's override at the server."""
    people = (await cup.state())["people"]
    override: dict[str, Any] | None = next(
        each["override"] for each in people if each["user"] == "anna"
    )
    return override


async def test_people_are_busy_after_a_while_and_let_go_after_a_while(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass)
    await occupy(hass, cup, "on")
    await pass_time(freezer, cup, 50)
    assert await cup.presence_of("anna") == "AVAILABLE"
    await pass_time(freezer, cup, 10)
    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, ANNA) == "busy"

    await occupy(hass, cup, "off")
    await pass_time(freezer, cup, 4 * MINUTE)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, 1 * MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_a_short_visit_changes_no_presence(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"minutes": 2}, release_after={"minutes": 1})
    await occupy(hass, cup, "on")
    await pass_time(freezer, cup, 110)
    await occupy(hass, cup, "off")
    await pass_time(freezer, cup, 110)
    assert not cup.asked("PUT")


@pytest.mark.parametrize("lost", ["off", "unavailable"])
async def test_a_short_absence_changes_nothing_and_a_long_one_lets_go(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    lost: str,
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, release_after="00:10:00")
    await occupy(hass, cup, "on")
    for _ in range(3):
        await occupy(hass, cup, lost)
        await pass_time(freezer, cup, 9 * MINUTE)
        await occupy(hass, cup, "on")
        assert await cup.presence_of("anna") == "BUSY"
    await occupy(hass, cup, lost)
    await pass_time(freezer, cup, 10 * MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_it_lasts_as_long_as_the_sensor_is_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, release_after={"seconds": 0})
    await occupy(hass, cup, "on")
    for _ in range(10):
        await pass_time(freezer, cup, 30 * MINUTE)
        assert await cup.presence_of("anna") == "BUSY"
    await occupy(hass, cup, "off")
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_it_ends_by_itself_without_its_automation(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, release_after={"minutes": 30})
    await occupy(hass, cup, "on")
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.desk"}, blocking=True
    )
    await pass_time(freezer, cup, HOUR)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, HOUR / 2)
    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ({"presence": "do_not_disturb"}, "DND"),
        ({"presence": "away", "override": "yes"}, "AWAY"),
        ({"presence": "available"}, "AVAILABLE"),
    ],
)
async def test_another_presence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, inputs: dict[str, Any], word: str
) -> None:
    await choose(cup, "anna", "AWAY" if word == "AVAILABLE" else "AVAILABLE", manual=False)
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, **inputs)
    await occupy(hass, cup, "on")
    assert await cup.presence_of("anna") == word
    override = await override_of(cup)
    assert (override is not None) == (word != "AVAILABLE")


async def test_without_override_the_persons_own_devices_are_weighed(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, override="no")
    await occupy(hass, cup, "on")
    assert cup.asked("PUT")
    assert await override_of(cup) is None


@pytest.mark.parametrize("entry_options", [True], indirect=True)
@pytest.mark.parametrize("note", ["In the lab", "42", 'Say "hi"'])
async def test_a_note(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, note: str) -> None:
    await occupy(hass, cup, "off")
    await busy(hass, delay={"seconds": 0}, note=note)
    await occupy(hass, cup, "on")
    assert shown(hass, "sensor.anna_status_message") == note


async def test_a_person_with_another_choice_is_left_alone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "ben", "AVAILABLE")
    await let_ben_be_set(hass, loaded)
    await occupy(hass, cup, "off")
    await busy(hass, people=[ANNA, BEN], delay={"seconds": 0})
    await occupy(hass, cup, "on")
    await hass.services.async_call(
        "cisco_unified_presence",
        "set_presence",
        {"entity_id": ANNA, "presence": "do_not_disturb"},
        blocking=True,
    )
    await pass_time(freezer, cup, HOUR)
    assert (await cup.presence_of("anna"), await cup.presence_of("ben")) == ("DND", "BUSY")
    await occupy(hass, cup, "off")
    await pass_time(freezer, cup, HOUR / 4)
    assert (await cup.presence_of("anna"), await cup.presence_of("ben")) == ("DND", "AVAILABLE")


async def test_an_error_for_one_person_does_not_affect_the_others(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "ben", "AVAILABLE")
    await let_ben_be_set(hass, loaded)
    await cup.inject("error", code=200, path="/ben/")
    await occupy(hass, cup, "off")
    await busy(hass, people=[BEN, ANNA], delay={"seconds": 0}, release_after={"minutes": 1})
    await occupy(hass, cup, "on")
    assert (await cup.presence_of("anna"), await cup.presence_of("ben")) == ("BUSY", "AVAILABLE")
    await occupy(hass, cup, "off")
    await pass_time(freezer, cup, MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def start(hass: HomeAssistant, cup: Cup) -> None:
    """Set up the automation in a starting Home Assistant."""
    hass.set_state(CoreState.starting)
    await busy(hass)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settled(cup)


async def test_a_start_with_the_sensor_on_holds_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await occupy(hass, cup, "on")
    await start(hass, cup)
    assert await cup.presence_of("anna") == "BUSY"
    await occupy(hass, cup, "off")
    await pass_time(freezer, cup, 5 * MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"


async def test_a_start_with_the_sensor_off_changes_no_presence(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await choose(cup, "anna", "BUSY")
    await occupy(hass, cup, "off")
    before = cup.asked("PUT") + cup.asked("DELETE")
    await start(hass, cup)
    await pass_time(freezer, cup, 10 * MINUTE)
    assert cup.asked("PUT") + cup.asked("DELETE") == before


@pytest.mark.parametrize("event", ["automation_reloaded", None])
async def test_a_new_automation_and_returning_people_take_effect_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, event: str | None
) -> None:
    await occupy(hass, cup, "on")
    await busy(hass)
    assert await cup.presence_of("anna") == "AVAILABLE"
    if event:
        hass.bus.async_fire(event)
    else:
        hass.states.async_set(ANNA, "unavailable")
        hass.states.async_set(ANNA, "available")
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
