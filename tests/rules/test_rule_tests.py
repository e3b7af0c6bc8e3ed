"""Tests beside the rules in YAML: run at the start, at a reload and by an action."""

from pathlib import Path
import textwrap
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers.check_config import async_check_ha_config_file
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import YAML, async_rule_engine
from tests.common.entry import person
from tests.common.rules import issues, start, subentry

RULES = """
- name: Meeting room
  people: [anna, ben]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
  for: "00:10:00"
- name: Fire drill
  people: [anna, ben]
  except: [ben]
  when: {condition: state, entity_id: input_boolean.fire_drill, state: "on"}
  presence: away
  priority: 1000
"""
WARDENS = """
- name: Wardens stay
  given: {input_boolean.fire_drill: "on"}
  expect: {anna: away, ben: own}
"""
WRONG = """
- name: Everybody leaves
  given: {input_boolean.fire_drill: "on"}
  expect: {anna: away, ben: away}
"""


@pytest.fixture
def entry_data() -> dict[str, Any]:
    return {"application_user": "hass", "host": "cup"}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    anna = person("anna", controlled=True)
    anna["data"]["link_desk"] = "binary_sensor.desk_anna"
    return [anna, person("ben", controlled=True)]


@pytest.fixture(autouse=True)
def _own_folder(hass: HomeAssistant, tmp_path: Path, entry: MockConfigEntry) -> None:
    hass.config.config_dir = str(tmp_path)


def write(hass: HomeAssistant, rules: str, tests: str) -> None:
    """Write a configuration with rules and tests."""
    parts = [
        f"  {key}:\n{textwrap.indent(text.strip(), '    ')}"
        for key, text in (("rules", rules), ("tests", tests))
    ]
    text = "\n".join([f"{DOMAIN}:", *parts])
    Path(hass.config.path("configuration.yaml")).write_text(f"{text}\n")


async def set_up(hass: HomeAssistant, rules: str = RULES, tests: str = "[]") -> None:
    block = {"rules": yaml.safe_load(rules), "tests": yaml.safe_load(tests)}
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: block})
    await hass.async_block_till_done()


async def reload(hass: HomeAssistant) -> None:
    await hass.services.async_call(DOMAIN, SERVICE_RELOAD, blocking=True)
    await hass.async_block_till_done()


async def run(hass: HomeAssistant, **context: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, "test_rules", blocking=True, return_response=True, **context
    )


async def passes(hass: HomeAssistant, tests: str, rules: str = RULES) -> list[str]:
    """Return the failures of tests on rules."""
    await set_up(hass, rules, tests)
    answer = await run(hass)
    failures = [sentence for test in answer["tests"] for sentence in test["failures"]]
    assert answer["passed"] is not bool(failures)
    return failures


def names(hass: HomeAssistant) -> list[str]:
    return [rule.name for rule in async_rule_engine(hass).rules_from(YAML)]


async def test_tests_that_pass_say_what_comes_out(hass: HomeAssistant) -> None:
    await set_up(hass, tests=WARDENS)

    answer = await run(hass)

    assert answer["passed"] is True
    (test,) = answer["tests"]
    assert (test["name"], test["passed"], test["failures"]) == ("Wardens stay", True, [])
    anna, ben = test["people"]["anna@example.com"], test["people"]["ben@example.com"]
    assert (anna["wanted"], anna["rule"], anna["expected"]) == ("away", "Fire drill", "away")
    assert (ben["wanted"], ben["source"], ben["expected"]) == (None, "own", "own")
    assert issues(hass) == {}


async def test_a_failing_test_keeps_the_old_rules_at_a_reload(hass: HomeAssistant) -> None:
    await set_up(hass)
    write(hass, RULES.replace("  except: [ben]\n", ""), WARDENS)

    with pytest.raises(HomeAssistantError) as raised:
        await reload(hass)

    assert raised.value.translation_key == "rules_not_reloaded_for_tests"
    assert str(raised.value) == (
        "The rules were not reloaded. The previous rules stay active because tests fail.\n"
        "- Wardens stay: Ben: own expected, away in its place"
        " (Away, because of the rule “Fire drill”)"
    )
    assert "except" not in str(await run(hass))
    assert async_rule_engine(hass).rules_from(YAML)[1].left_out.words == ("ben",)

    write(hass, RULES, WARDENS)
    await reload(hass)
    assert [each["name"] for each in (await run(hass))["tests"]] == ["Wardens stay"]


async def test_a_failing_test_is_an_issue_at_the_start(hass: HomeAssistant) -> None:
    hass.set_state(CoreState.not_running)
    await set_up(hass, tests=WRONG)
    assert "rule_tests_fail" not in issues(hass)

    await start(hass)

    assert issues(hass)["rule_tests_fail"] == {
        "failures": "- Everybody leaves: Ben: away expected, own in its place"
        " (decided by the person's own devices)"
    }
    assert names(hass) == ["Meeting room", "Fire drill"]
    write(hass, RULES, WARDENS)
    await reload(hass)
    assert "rule_tests_fail" not in issues(hass)


async def test_why_an_expected_rule_does_not_hold_is_said(hass: HomeAssistant) -> None:
    (failure,) = await passes(
        hass,
        """
- name: Room
  given: {binary_sensor.room: "off"}
  expect: {anna: busy}
""",
    )
    assert failure == (
        "Room: Anna: busy expected, own in its place (decided by the person's own devices;"
        " “Meeting room” does not hold: condition 1 (state of binary_sensor.room is not on))"
    )


async def test_only_given_states_are_known(hass: HomeAssistant) -> None:
    """So a test comes out the same whatever the house does while it runs."""
    hass.states.async_set("binary_sensor.room", "on")

    (failure,) = await passes(hass, "[{name: Room, expect: {anna: busy}}]")

    assert "binary_sensor.room is missing" in failure


@pytest.mark.parametrize(
    ("at", "came_out"),
    [
        ("mon 10:00", "busy"),
        ("Saturday 10:00", "own"),
        ("mon 18:00", "own"),
        ("2026-11-27 10:00:00", "busy"),
    ],
)
async def test_the_time_of_a_test_is_its_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at: str, came_out: str
) -> None:
    freezer.move_to("2026-11-29 03:00:00+00:00")
    rules = """
- name: Working hours
  people: [anna]
  when:
    - {condition: time, after: "09:00:00", before: "17:00:00", weekday: [mon, fri]}
    - "{{ now().hour == 10 }}"
  presence: busy
"""
    tests = f"[{{name: Hours, at: '{at}', expect: {{anna: {came_out}}}}}]"
    assert await passes(hass, tests, rules) == []


async def test_the_own_presence_of_people_is_given(hass: HomeAssistant) -> None:
    tests = """
- name: A quiet that she has chosen stays
  given: {binary_sensor.room: "on"}
  own: {anna: do_not_disturb, ben: {presence: busy, activities: [on_the_phone]}}
  expect: {anna: own, ben: busy}
- name: A call stays
  given: {binary_sensor.room: "on"}
  own: {anna: {activities: on_the_phone}}
  expect: {anna: busy}
"""
    assert await passes(hass, tests) == []


async def test_rules_for_each_person_templates_and_calendars(hass: HomeAssistant) -> None:
    rules = """
- name: At the desk
  people: [anna, ben]
  variables: {room: "{{ states('sensor.' ~ person.user ~ '_area') }}"}
  when:
    - condition: cisco_unified_presence.linked_entity
      options: {link: desk, state: "on"}
    - "{{ room == 'Blue' }}"
  presence: "{{ states('input_select.mode') }}"
- name: Calendar
  people: [ben]
  when:
    - condition: cisco_unified_presence.calendar_event
      target: {entity_id: calendar.ben}
      options: {title: "*review*"}
  presence: busy
  until: "{{ event.end }}"
"""
    tests = """
- name: Desk
  given:
    binary_sensor.desk_anna: "on"
    sensor.anna_area: Blue
    input_select.mode: vacation
    calendar.ben: {state: "on", attributes: {message: Design review}}
  expect: {anna: vacation, ben: busy}
"""
    assert await passes(hass, tests, rules) == []


async def test_what_is_written_without_quotes_is_on_and_off(hass: HomeAssistant) -> None:
    tests = "[{name: Drill, given: {input_boolean.fire_drill: on}, expect: {anna: away}}]"
    assert await passes(hass, tests) == []


@pytest.mark.parametrize(
    "entry_people",
    [
        [
            person("anna", controlled=True),
            subentry(people=["anna"], priority=2000 - 1000, presence="vacation"),
        ]
    ],
)
async def test_rules_of_the_interface_count_too(hass: HomeAssistant) -> None:
    tests = "[{name: Desk, given: {binary_sensor.desk: 'on'}, expect: {anna: vacation}}]"
    assert await passes(hass, tests) == []


async def test_whom_nobody_knows_is_said(hass: HomeAssistant) -> None:
    assert await passes(hass, "[{name: Emma, expect: {emma: busy}}]") == [
        "Emma: nobody is known as emma"
    ]


@pytest.mark.parametrize(
    ("test", "line", "problem"),
    [
        ("- {name: A}", 6, "required key 'expect' not provided"),
        ("- {name: A, expect: {anna: gone}}", 6, "got 'gone'"),
        ("- name: A\n  at: noon\n  expect: {anna: busy}", 7, "a time is expected"),
        ("- name: A\n  expect: {anna: busy}\n  given: {no: 'on'}", 8, "no"),
        ("- name: A\n  expect: {anna: busy}\n  own: {anna: own}", 8, "own->anna->presence"),
    ],
)
async def test_a_test_that_is_not_valid_is_named_with_file_and_line(
    hass: HomeAssistant, test: str, line: int, problem: str
) -> None:
    await set_up(hass)
    rule = "- {name: A, people: anna, presence: busy,\n   when: '{{ true }}'}"
    write(hass, rule, test)

    with pytest.raises(HomeAssistantError) as raised:
        await reload(hass)

    assert raised.value.translation_key == "rules_not_reloaded"
    assert f"at configuration.yaml, line {line}: " in str(raised.value)
    assert problem in str(raised.value)
    assert names(hass) == ["Meeting room", "Fire drill"]
    checked = await async_check_ha_config_file(hass)
    assert f"line {line}: " in checked.warnings[0].message


async def test_the_rules_load_beside_a_test_that_is_not_valid(hass: HomeAssistant) -> None:
    await set_up(hass, tests="[{name: A}]")
    assert names(hass) == ["Meeting room", "Fire drill"]
    assert async_rule_engine(hass).yaml_is_complete
    assert "required key 'expect'" in str(issues(hass)["rules_invalid"])


async def test_a_configuration_with_tests_is_valid(hass: HomeAssistant) -> None:
    write(hass, RULES, WARDENS)
    assert not (await async_check_ha_config_file(hass)).warnings
    await set_up(hass)
    assert not (await async_check_ha_config_file(hass)).warnings


async def test_running_tests_changes_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await set_up(hass, tests=WARDENS)
    states, listeners = hass.states.async_all(), hass.bus.async_listeners()

    await run(hass)

    assert hass.states.async_all() == states
    assert hass.bus.async_listeners() == listeners


async def test_only_administrators_run_them(hass: HomeAssistant, hass_read_only_user: User) -> None:
    await set_up(hass, tests=WARDENS)
    with pytest.raises(Unauthorized):
        await run(hass, context=Context(user_id=hass_read_only_user.id))
