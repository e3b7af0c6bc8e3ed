"""Rules at the server while the world under them changes: inputs flap, people move, entities go."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.write_rate import WITHIN, WRITES
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import person
from tests.common.rules import AT_DESK, DESK, ELSEWHERE, rule
from tests.common.server import Cup
from tests.common.setting_presence import anna_of, logged_in
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"
PUT = "/presence/"
GRACE = 300


@pytest.fixture
def entry(hass: HomeAssistant, entry_data: dict[str, Any]) -> MockConfigEntry:
    """Add an entry in which Anna and Ben are controlled."""
    people = [person("anna", controlled=True), person("ben", controlled=True)]
    added = MockConfigEntry(domain=DOMAIN, title="CUP", data=entry_data, subentries_data=people)
    added.add_to_hass(hass)
    return added


async def follow(hass: HomeAssistant, cup: Cup, *rules: Any) -> None:
    """Run these rules of YAML, while the desk is occupied."""
    hass.states.async_set(DESK, "on")
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    # Adding the entities of hundreds takes seconds on a busy machine.
    await hass.async_block_till_done()
    await settled(cup)


async def flap(hass: HomeAssistant, cup: Cup, times: int) -> None:
    """Let the desk become free and occupied so many times, and the server be written in between."""
    for number in range(times):
        hass.states.async_set(DESK, "off" if number % 2 == 0 else "on")
        await settled(cup)


def device_of(hass: HomeAssistant, user: str) -> str:
    entity = er.async_get(hass).async_get(f"sensor.{user}_presence")
    assert entity
    assert entity.device_id
    return entity.device_id


async def explain(hass: HomeAssistant) -> dict[str, Any]:
    answer = await hass.services.async_call(
        DOMAIN,
        "explain",
        {"entity_id": "sensor.anna_presence"},
        blocking=True,
        return_response=True,
    )
    assert answer
    people: Any = answer["people"]
    found: dict[str, Any] = people["anna@example.com"]
    return found


@pytest.mark.parametrize(("times", "last"), [(20, "BUSY"), (21, "AVAILABLE")])
async def test_rule_that_flaps_within_a_second_writes_as_often_as_it_may_and_ends_right(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    times: int,
    last: str,
) -> None:
    await follow(hass, cup, rule())
    await flap(hass, cup, times)
    assert cup.asked("PUT", PUT) == WRITES

    await pass_time(freezer, cup, WITHIN.total_seconds())

    assert await cup.presence_of("anna") == last
    assert cup.asked("PUT", PUT) <= WRITES + 1


async def test_two_rules_of_equal_priority_that_alternate(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """At no moment in between no rule wins."""
    here, gone = rule("Here"), rule("Gone", when=[ELSEWHERE], presence="away")
    await follow(hass, cup, here, gone)
    assert await cup.presence_of("anna") == "BUSY"

    await flap(hass, cup, 5)

    assert await cup.presence_of("anna") == "AWAY"
    assert cup.asked("PUT", PUT) == WRITES
    assert cup.asked("DELETE", "/anna/session") == 0
    assert shown(hass, SOURCE) == "rule"


async def test_somebody_comes_into_the_area_of_a_rule_that_holds_and_leaves_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    devices = dr.async_get(hass)
    device = device_of(hass, "anna")
    await follow(hass, cup, rule(people=[{"area_id": "office"}]))
    assert await cup.presence_of("anna") == "AVAILABLE"

    devices.async_update_device(device, area_id="office")
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"

    devices.async_update_device(device, area_id=None)
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_label_that_is_deleted_takes_its_people_out_of_the_rule(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    label = lr.async_get(hass).async_create("Team").label_id
    for user in ("anna", "ben"):
        dr.async_get(hass).async_update_device(device_of(hass, user), labels={label})
    await follow(hass, cup, rule(people=["Team"], presence="away"))
    assert [await cup.presence_of(user) for user in ("anna", "ben")] == ["AWAY", "AWAY"]

    lr.async_get(hass).async_delete(label)
    await settled(cup)

    assert [await cup.presence_of(user) for user in ("anna", "ben")] == ["AVAILABLE", "BUSY"]
    assert shown(hass, SOURCE) == "own"


async def test_person_who_is_not_controlled_for_a_while(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    async def control(*, on: bool) -> None:
        anna = anna_of(loaded)
        hass.config_entries.async_update_subentry(
            loaded, anna, data={**anna.data, "controlled": on}
        )
        await hass.async_block_till_done()
        await settled(cup)

    await follow(hass, cup, rule())
    await control(on=False)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)

    await control(on=True)
    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_server_that_refuses_one_person_serves_the_others(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=120, path="/anna/presence/")

    await follow(hass, cup, rule(people=["anna", "ben"], presence="do_not_disturb"))
    asked = cup.asked("PUT", "/anna/presence/")
    await pass_time(freezer, cup, 60)

    assert await cup.presence_of("ben") == "DND"
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert cup.asked("PUT", "/anna/presence/") == asked


async def test_entity_of_a_condition_that_is_renamed_is_missing_and_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, rule())
    hass.states.async_remove(DESK)
    hass.states.async_set("binary_sensor.table", "on")
    await settled(cup)

    await pass_time(freezer, cup, GRACE - 1)
    assert await cup.presence_of("anna") == "BUSY"
    await pass_time(freezer, cup, 1)
    assert await cup.presence_of("anna") == "AVAILABLE"

    (explained,) = (await explain(hass))["rules"]
    assert explained["not_true"] == [f"condition 1 (state of {DESK}: {DESK} is missing)"]
    assert explained["if_it_held"] == "Busy, because of the rule “Desk”"


async def test_template_that_says_neither_true_nor_false_does_not_hold(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    maybe = {"condition": "template", "value_template": "{{ 'perhaps' }}"}

    await follow(hass, cup, rule(when=[AT_DESK, maybe]))

    assert await cup.presence_of("anna") == "AVAILABLE"
    (explained,) = (await explain(hass))["rules"]
    assert explained["not_true"] == [
        "condition 2 (template {{ 'perhaps' }}: “perhaps” is neither true nor false)"
    ]


async def test_five_hundred_rules_and_the_highest_wins(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    words = ("busy", "away", "vacation")
    many = [
        rule(f"Rule {each}", priority=each % 100, presence=words[each % 3]) for each in range(500)
    ]
    highest = rule("Highest", priority=100, presence="do_not_disturb")

    await follow(hass, cup, *many, highest)
    assert await cup.presence_of("anna") == "DND"
    assert cup.asked("PUT", PUT) == 1

    await follow(hass, cup, *many)
    explained = await explain(hass)
    assert (explained["rule"], len(explained["rules"])) == ("Rule 99", 500)
    assert await cup.presence_of("anna") == "BUSY"
