"""Simulations and forecasts of many people and rules let everything else go on."""

import asyncio
import time
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule, async_rule_engine
from tests.common.asking import answer
from tests.common.entry import person
from tests.common.server import PASSWORD, Cup

PEOPLE, RULES = 300, 500
USERS = [f"user{number}" for number in range(PEOPLE)]

# Seconds of the machine.
LONGEST_STEP = 1.0


@pytest.fixture
def cup_configuration() -> Configuration:
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=tuple(ConfiguredPerson(each, each) for each in (*USERS, "watcher")),
    )


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person(each, controlled=True) for each in USERS]


def now() -> float:
    """Return the time of a clock that tests do not stop."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def rule(number: int) -> Rule:
    """Return a rule about twelve people, every tenth for each of them, half of them by hours."""
    when: list[Any] = [
        {"condition": "state", "entity_id": f"binary_sensor.room_{number}", "state": "on"}
    ]
    if number % 2:
        when.append({"condition": "time", "after": "09:00:00", "before": "17:00:00"})
    if number % 10 == 0:
        when.append("{{ person.user != 'user1' }}")
    written = {
        "name": f"Rule {number}",
        "people": [USERS[(number * 7 + each) % PEOPLE] for each in range(12)],
        "when": when,
        "presence": "busy",
        "priority": number % 5,
    }
    return Rule.of(RULE_SCHEMA(written))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("at_eleven")
async def test_500_rules_and_300_people_are_followed_in_small_steps(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for number in range(RULES):
        hass.states.async_set(f"binary_sensor.room_{number}", "off")
    await async_rule_engine(hass).async_set_yaml_rules([rule(number) for number in range(RULES)])
    # Their entities are added.
    await hass.async_block_till_done()
    longest, done = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not done.is_set():
            before = now()
            await asyncio.sleep(0)
            longest = max(longest, now() - before)

    watching = hass.async_create_task(watch())
    for action, data in (
        ("simulate", {"states": {"binary_sensor.room_1": "on"}, "at": "16:00:00"}),
        ("forecast", {}),
    ):
        longest = 0.0
        response: Any = await answer(hass, action, **data)
        assert len(response["people"]) == PEOPLE
        assert longest < LONGEST_STEP
    done.set()
    await watching
