"""Names of people: given by the user, or taken over from the server."""

from collections.abc import Iterable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CONF_RICH_PRESENCE,
    CONF_TOLD_NAME,
    SUBENTRY_PERSON,
)
from custom_components.cisco_unified_presence.roster import names, readable_name
from tests.common.entry import person
from tests.common.flows import Walk
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled, until

DAY = 86400


@pytest.fixture(params=[True, False], ids=["rich", "words"])
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: request.param}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna was named by the server at an earlier run, Ben by the user."""
    anna = person("anna", name="Anna of Before")
    anna["data"][CONF_TOLD_NAME] = "Anna of Before"
    return [anna, person("ben", name="Benny")]


def subentry_of(entry: MockConfigEntry, user: str) -> ConfigSubentry:
    people: Iterable[ConfigSubentry] = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return next(each for each in people if each.data["user"] == user)


def name_of(entry: MockConfigEntry, user: str) -> str:
    return subentry_of(entry, user).title


def rename_at(cup: Cup, user: str, name: str) -> None:
    people = cup.simulator.service.people
    found = people.find(user)
    assert found
    with people.changing(found):
        found.name = name


async def test_a_name_is_taken_over_unless_the_user_gave_one(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    rename_at(cup, "anna", "Anna Married")
    rename_at(cup, "ben", "Benjamin")
    await pass_time(freezer, cup, DAY)
    await until(lambda: name_of(loaded, "anna") == "Anna Married")
    assert name_of(loaded, "ben") == "Benny"


@pytest.mark.parametrize("entry_options", [True], indirect=True)
async def test_names_that_change_all_the_time_are_taken_over_once_in_a_while(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    taken = set()
    for number in range(20):
        rename_at(cup, "anna", f"Anna {number}")
        await pass_time(freezer, cup, 2)
        taken.add(name_of(loaded, "anna"))
    assert 1 < len(taken) < 8
    await pass_time(freezer, cup, 60)
    await until(lambda: name_of(loaded, "anna") == "Anna 19")


async def test_who_is_added_without_a_name_gets_the_servers(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    cup.simulator.service.people.add("dora", "Dora of the Server", None)
    cup.simulator.service.people.add("emil", "Emil of the Server", None)
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people="dora\nemil, Emil of Mine", controlled=False)
    await hass.async_block_till_done()
    assert name_of(loaded, "dora") == "Dora of the Server"
    assert name_of(loaded, "emil") == "Emil of Mine"
    # Entities are called so from the beginning.
    assert hass.states.get("sensor.dora_of_the_server_presence")


async def test_a_name_that_the_user_gives_later_stays(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    hass.config_entries.async_update_subentry(loaded, subentry_of(loaded, "anna"), title="Annie")
    await hass.async_block_till_done()
    rename_at(cup, "anna", "Anna Married")
    await pass_time(freezer, cup, DAY)
    assert name_of(loaded, "anna") == "Annie"


async def test_an_empty_name_goes_back_to_the_servers(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    ben = subentry_of(loaded, "ben").subentry_id
    walk = Walk.person(hass, await loaded.start_subentry_reconfigure_flow(hass, ben))
    await walk.fill_in("reconfigure", controlled=False)
    assert name_of(loaded, "ben") == "Ben"
    await hass.async_block_till_done()
    rename_at(cup, "ben", "Benjamin")
    await pass_time(freezer, cup, DAY)
    await until(lambda: name_of(loaded, "ben") == "Benjamin")


async def test_control_is_changed_without_a_change_of_who_named_the_person(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    anna = subentry_of(loaded, "anna").subentry_id
    walk = Walk.person(hass, await loaded.start_subentry_reconfigure_flow(hass, anna))
    await walk.fill_in("reconfigure", name="Anna", controlled=True)
    await hass.async_block_till_done()
    rename_at(cup, "anna", "Anna Married")
    await pass_time(freezer, cup, DAY)
    await until(lambda: name_of(loaded, "anna") == "Anna Married")


async def test_a_server_that_fails_takes_no_name_away(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    rename_at(cup, "anna", "")
    await pass_time(freezer, cup, DAY)
    await cup.inject("garbage")
    await pass_time(freezer, cup, DAY)
    await settled(cup)
    assert name_of(loaded, "anna") == "Anna"


async def test_the_name_of_the_persons_own_configuration_comes_last(
    hass: HomeAssistant,
    cup: Cup,
    trusted_client_configuration: None,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await until(lambda: name_of(loaded, "anna") == "Anna")
    rename_at(cup, "anna", "Anna Married")
    monkeypatch.setattr(loaded.runtime_data.roster.names, "_documents", {})
    monkeypatch.setattr(names, "_names_in", lambda _seen: ())
    await pass_time(freezer, cup, DAY)
    # Nobody is logged in for a name.
    assert name_of(loaded, "anna") == "Anna"
    await loaded.runtime_data.client.log_in_user("anna")
    await pass_time(freezer, cup, DAY)
    await until(lambda: name_of(loaded, "anna") == "Anna Married")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (None, None),
        ("", None),
        (" \n\x00 ", None),
        ("  Anna\r\n Example ", "Anna Example"),
        ("Anna\x07Example", "Anna Example"),
        ("Ä" * 1000, "Ä" * 100),
    ],
)
def test_what_is_readable_of_a_name(told: str | None, name: str | None) -> None:
    assert readable_name(told) == name


@given(st.text())
def test_any_name_is_one_printable_line(told: str) -> None:
    name = readable_name(told)
    assert name is None or (name.isprintable() and name == name.strip() and len(name) <= 100)
