"""People who were never seen other than offline, over real sockets and a week."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import add_person, person
from tests.common.live_channel import issue_of
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import pass_time, settled

HALF_A_DAY = 43200


@pytest.fixture
def cup_configuration() -> Configuration:
    """Anna is there, Ben has blocked the watcher, Clara is always offline."""
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
            ConfiguredPerson("ben", "Ben", Status(Presence.BUSY), blocks=("watcher",)),
            ConfiguredPerson("clara", "Clara"),
            ConfiguredPerson("dora", "Dora"),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna"), person("ben"), person("clara")]


@pytest.fixture(autouse=True)
def _frozen(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before time is observed."""


async def pass_days(freezer: FrozenDateTimeFactory, cup: Cup, days: float) -> None:
    for _ in range(round(days * 2)):
        await pass_time(freezer, cup, HALF_A_DAY)


def named(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    issue = issue_of(hass, entry, Issue.PEOPLE_NEVER_SEEN)
    return (issue.translation_placeholders or {})["people"] if issue else None


async def test_who_was_never_seen_for_a_week_is_named_and_not_before(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await settled(cup)
    await pass_days(freezer, cup, 6.5)
    assert named(hass, loaded) is None
    await pass_days(freezer, cup, 1)
    assert named(hass, loaded) == "Ben, Clara"
    report = await async_get_config_entry_diagnostics(hass, loaded)
    assert report["running"]["never_seen"] == ["person_2", "person_3"]
    # A moment in another state is enough.
    await cup.choose("clara", "AWAY")
    await pass_days(freezer, cup, 1)
    assert named(hass, loaded) == "Ben"
    await cup.choose("clara", "UNAVAILABLE")
    await pass_days(freezer, cup, 8)
    assert named(hass, loaded) == "Ben"
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert issue_of(hass, loaded, Issue.PEOPLE_NEVER_SEEN) is None


async def test_what_was_observed_is_remembered_over_a_restart(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await settled(cup)
    await pass_days(freezer, cup, 4)
    await hass.config_entries.async_unload(loaded.entry_id)
    # What nobody has observed does not count.
    await pass_days(freezer, cup, 9)
    await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)
    await pass_days(freezer, cup, 2.5)
    assert named(hass, loaded) is None
    await pass_days(freezer, cup, 1)
    assert named(hass, loaded) == "Ben, Clara"


async def test_a_server_that_is_away_is_no_observation(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await settled(cup)
    await pass_days(freezer, cup, 4)
    await cup.inject("refuse_connections")
    for _ in range(5):
        await pass_time(freezer, cup, 60)
    await pass_days(freezer, cup, 4)
    await cup.heal()
    await pass_days(freezer, cup, 0.5)
    assert named(hass, loaded) is None
    await pass_days(freezer, cup, 3.5)
    assert named(hass, loaded) == "Ben, Clara"


async def test_with_sharing_off_everybody_may_be_named_and_who_was_added_later_is_later(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await settled(cup)
    await pass_days(freezer, cup, 4)
    add_person(hass, loaded, "dora")
    await settled(cup)
    await pass_days(freezer, cup, 3.5)
    assert named(hass, loaded) == "Ben, Clara"
    await pass_days(freezer, cup, 4)
    assert named(hass, loaded) == "Ben, Clara, Dora"
