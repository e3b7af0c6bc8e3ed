"""Simulations and forecasts of many people and rules let everything else go on."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.blocks import LONGEST_ALLOWED, watched_blocks
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule, async_rule_engine
from custom_components.cisco_unified_presence.rules.rule_test import RuleTest
from custom_components.cisco_unified_presence.rules.rule_test_run import async_run_tests
from tests.common.asking import answer
from tests.common.entry import person
from tests.common.server import PASSWORD, Cup

PEOPLE, RULES = 300, 500
USERS = [f"user{number}" for number in range(PEOPLE)]


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


def rule_test(number: int) -> RuleTest:
    """Return a test of all people."""
    return RuleTest.of(
        {
            "name": f"Test {number}",
            "given": {"binary_sensor.room_1": "on"},
            "at": "10:00",
            "expect": dict.fromkeys(USERS, "busy"),
        }
    )


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("at_eleven")
async def test_nothing_blocks_the_loop_with_500_rules_and_300_people(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for number in range(RULES):
        hass.states.async_set(f"binary_sensor.room_{number}", "off")
    rules = [rule(number) for number in range(RULES)]
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    # Their entities are added.
    await hass.async_block_till_done()
    for action, data in (
        ("simulate", {"states": {"binary_sensor.room_1": "on"}, "at": "16:00:00"}),
        ("forecast", {}),
    ):
        with watched_blocks() as blocks:
            response: Any = await answer(hass, action, **data)
        assert len(response["people"]) == PEOPLE
        assert blocks.longest < LONGEST_ALLOWED, action
    with watched_blocks() as blocks:
        outcomes = await async_run_tests(hass, rules, [rule_test(1), rule_test(2)])
    assert [len(each.people) for each in outcomes] == [PEOPLE] * 2
    assert blocks.longest < LONGEST_ALLOWED
