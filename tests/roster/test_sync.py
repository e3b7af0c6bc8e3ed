"""People who follow the watcher's contact list, over real sockets."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.flows import Walk
from tests.common.live_channel import issue_of
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled, until
from tests.roster.followed_list import (
    CONFIGURATION,
    DAY,
    FRIENDS,
    MINUTE,
    READ,
    TEAM,
    follow,
    followed,
    lists_of,
    names_in,
    people_added,
    read_again,
    users_in,
)


@pytest.fixture
def cup_configuration() -> Configuration:
    return CONFIGURATION


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return people_added()


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {"contact_list": True}


pytestmark = pytest.mark.usefixtures("handshakes_may_fail", "stopped_clock", "contact_list")


async def test_who_is_on_the_list_appears_as_a_person_who_is_watched(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await until(lambda: users_in(loaded) == {"anna", "ben", "dora", "emil"})
    # Names: the user's, the server's, and the list's before the server's.
    assert names_in(loaded) == {
        "anna": "Annie",
        "ben": "Benny",
        "dora": "Dora Server",
        "emil": "Emmy",
    }
    dora = next(each for each in loaded.subentries.values() if each.data["user"] == "dora")
    assert dora.data["controlled"] is False
    await until(lambda: hass.states.get("sensor.dora_server_presence"))
    await until(lambda: hass.states.get("sensor.emmy_presence"))
    await settled(cup)
    [subscription] = (await cup.state())["subscriptions"]
    assert len(subscription["contacts"]) == 4
    # Nobody is logged in for it.
    assert {each["user"] for each in (await cup.state())["sessions"]} == {"hass", "watcher"}


async def test_who_is_added_later_appears_and_who_is_removed_goes_after_a_day(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).add("watcher", "Team", "finn@example.com")
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: "finn" in users_in(loaded))
    issue = issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "people": "Emmy"}
    await pass_time(freezer, cup, DAY - 2 * READ)
    assert "emil" in users_in(loaded)
    await pass_time(freezer, cup, 2 * READ)
    await until(lambda: "emil" not in users_in(loaded))
    await until(lambda: not issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await until(lambda: hass.states.get("sensor.emmy_presence") is None)
    # Those whom the user added stay, on the list or not.
    assert users_in(loaded) == {"anna", "ben", "dora", "finn"}


async def test_the_absence_is_counted_over_a_restart(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await hass.config_entries.async_unload(loaded.entry_id)
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST)
    freezer.tick(DAY)
    await hass.config_entries.async_setup(loaded.entry_id)
    await until(lambda: "emil" not in users_in(loaded))


async def test_who_comes_back_to_the_list_stays(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    lists_of(cup).add("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: not issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await pass_time(freezer, cup, DAY)
    assert "emil" in users_in(loaded)


@pytest.mark.parametrize(("choice", "stays"), [("keep", True), ("remove", False)])
async def test_the_user_decides_at_once(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    choice: str,
    *,
    stays: bool,
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    walk = await Walk.repair(hass, loaded.entry_id, Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert "Emmy" in walk.sentence
    await walk.choose("init", choice)
    assert walk.created == {}
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None
    assert ("emil" in users_in(loaded)) is stays
    await pass_time(freezer, cup, 2 * DAY)
    assert ("emil" in users_in(loaded)) is stays
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None


async def test_whom_the_user_removes_is_not_added_again(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    await pass_time(freezer, cup, MINUTE)
    emil = next(each for each in loaded.subentries.values() if each.data["user"] == "emil")
    hass.config_entries.async_remove_subentry(loaded, emil.subentry_id)
    await read_again(freezer, cup)
    await hass.config_entries.async_reload(loaded.entry_id)
    await read_again(freezer, cup)
    assert "emil" not in users_in(loaded)


@pytest.mark.parametrize("fault", ["refuse_configuration", "sessions", "empty", "no group"])
async def test_a_list_that_cannot_be_read_removes_nobody_and_is_told_after_an_hour(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fault: str,
) -> None:
    await followed(cup, loaded)
    everybody = users_in(loaded)
    if fault == "no group":
        await follow(hass, cup, loaded, group="Elsewhere")
    elif fault == "empty":
        lists_of(cup).replace("watcher", {})
    elif fault == "sessions":
        cup.simulator.service.lose_sessions()
        lists_of(cup).replace("watcher", {})
    else:
        await cup.inject(fault)
    await read_again(freezer, cup)
    assert issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE) is None
    for _ in range(5):
        await read_again(freezer, cup)
    issue = issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE)
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["detail"]
    await pass_time(freezer, cup, 3 * DAY)
    assert users_in(loaded) == everybody
    walk = await Walk.repair(hass, loaded.entry_id, Issue.CONTACT_LIST_UNAVAILABLE)
    await walk.fill_in("confirm")
    assert walk.error == "not_read"
    await cup.heal()
    lists_of(cup).replace("watcher", {"Elsewhere": [*TEAM, *FRIENDS]})
    await walk.fill_in("confirm")
    assert walk.created == {}
    assert issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE) is None
