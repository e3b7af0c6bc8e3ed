"""A contact list that an entry follows, and the people of the entry."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.const import SUBENTRY_PERSON
from tests.common.entry import person
from tests.common.flows import Walk
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import pass_time, settled, until

MINUTE, HOUR, DAY = 60, 3600, 86400
READ = 15 * MINUTE

TEAM = ("anna@example.com", "dora@example.com")
FRIENDS = ("emil@example.com", "DORA@example.com")
USERS = ("anna", "ben", "dora", "emil", "finn")

CONFIGURATION = Configuration(
    domain="example.com",
    application_users={"hass": ApplicationUser(PASSWORD)},
    people=(
        *(ConfiguredPerson(user, f"{user.title()} Server") for user in USERS),
        ConfiguredPerson(
            "watcher",
            "Watcher",
            contacts={"Team": TEAM, "Friends": FRIENDS},
            nicknames={"emil@example.com": "Emmy"},
        ),
    ),
)


def people_added() -> list[dict[str, Any]]:
    """Return Anna, who was added by hand and is on the list, and Ben, who is not on it."""
    return [person("anna", name="Annie"), person("ben", name="Benny")]


def names_in(entry: MockConfigEntry) -> dict[str, str]:
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return {each.data["user"].lower(): each.title for each in people}


def users_in(entry: MockConfigEntry) -> set[str]:
    return set(names_in(entry))


def lists_of(cup: Cup) -> Any:
    return cup.simulator.deployment.contact_lists


async def read_again(freezer: FrozenDateTimeFactory, cup: Cup) -> None:
    await reading_ended()
    await pass_time(freezer, cup, READ)
    await reading_ended()


async def reading_ended() -> None:
    """Wait for a reading that is under way: it would run out of time when the clock moves."""
    await until(
        lambda: not any(each.get_name().endswith("contact list") for each in asyncio.all_tasks())
    )


async def followed(cup: Cup, entry: MockConfigEntry) -> None:
    """Wait until the list has been read and everything is done that it came to."""
    await until(lambda: "emil" in users_in(entry))
    await settled(cup)


async def follow(hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, **options: Any) -> None:
    """Choose how the list is followed."""
    names = {f"contact_list_{name}": value for name, value in options.items()}
    walk = await Walk.options(hass, entry.entry_id)
    await walk.fill_in("init", contact_list=True)
    await walk.fill_in("contact_list", **names)
    assert walk.created["contact_list"] is True
    await hass.async_block_till_done()
    await settled(cup)
