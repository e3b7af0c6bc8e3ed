"""The subscription to rules: what is in it, what changes, and who may see it."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.board.rules import RulesView
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import add_person, person
from tests.common.rules import AT_DESK, DESK, add_rule, subentry
from tests.common.server import Cup
from tests.common.waiting import settled

from .conftest import Browser, Open

SWITCH = "switch.desk_rule"


@pytest.fixture
def entry_people(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return people and the rule that Anna is busy at her desk; she is not there."""
    hass.states.async_set(DESK, "off")
    return [person("anna", controlled=True), person("ben"), subentry()]


async def test_a_rule_is_told_with_people_and_link(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    anna = (await browser.subscribe("people"))["people"][0]
    first = await browser.subscribe("rules")
    assert first["protocol"] == 1
    (rule,) = first["rules"]
    assert loaded.entry_id in rule["edit_url"]
    switch = rule["switch_entity"]
    assert hass.states.get(switch) is not None
    assert {
        key: rule[key]
        for key in ("name", "presence", "on", "holds", "status", "people", "wins_for")
    } == {
        "name": "Desk",
        "presence": "busy",
        "on": True,
        "holds": False,
        "status": "does_not_hold",
        "people": [anna["id"]],
        "wins_for": [],
    }
    assert rule["may_control"] is True


async def test_a_rule_that_begins_to_hold_is_told_with_whom_it_wins_for(
    hass: HomeAssistant, browser: Browser, cup: Cup
) -> None:
    (rule,) = (await browser.subscribe("rules"))["rules"]
    hass.states.async_set(DESK, "on")
    message = await browser.until(lambda each: each["changed"][0]["wins_for"])
    (changed,) = message["changed"]
    assert (changed["status"], changed["holds"]) == ("on_and_wins", True)
    assert changed["since"] is not None
    assert changed["wins_for"] == rule["people"]
    await settled(cup)


async def test_a_switched_off_and_a_paused_rule_are_told(
    hass: HomeAssistant, browser: Browser
) -> None:
    (rule,) = (await browser.subscribe("rules"))["rules"]
    for action, status in (("turn_off", "off"), ("turn_on", "does_not_hold")):
        target = {"entity_id": rule["switch_entity"]}
        await hass.services.async_call("switch", action, target, blocking=True)
        while (changed := (await browser.next())["changed"][0])["status"] != status:
            pass
        assert changed["on"] is (action == "turn_on")
    await hass.services.async_call(
        DOMAIN, "pause_rules", {"rule": "Desk", "duration": {"hours": 1}}, blocking=True
    )
    message = await browser.until(lambda each: each["changed"][0]["status"] == "paused")
    assert message["changed"][0]["paused_until"] is not None


async def test_rules_come_and_go(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await browser.subscribe("rules")
    added = add_rule(hass, loaded, "Lunch", presence="away")
    message = await browser.until(lambda each: each.get("changed"))
    assert [each["name"] for each in message["changed"]] == ["Lunch"]
    hass.config_entries.async_remove_subentry(loaded, added.subentry_id)
    message = await browser.until(lambda each: each.get("removed"))
    assert message["removed"] == [added.subentry_id]
    # That is told once.
    add_rule(hass, loaded, "Tea", presence="away")
    assert "removed" not in await browser.until(lambda each: each.get("changed"))


async def test_one_change_is_one_rule_also_after_all_have_changed(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    browser: Browser,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    described: list[str] = []
    describe = RulesView.rule

    def note(view: RulesView, rule_id: str, *others: Any) -> Any:
        described.append(rule_id)
        return describe(view, rule_id, *others)

    monkeypatch.setattr(RulesView, "rule", note)
    (desk,) = (await browser.subscribe("rules"))["rules"]
    added = add_rule(hass, loaded, "Lunch", when=[{**AT_DESK, "entity_id": LIGHT}])
    await browser.until(lambda each: each.get("changed"))
    await hass.async_block_till_done()
    # All that the new rule has changed is told before this.
    hass.states.async_set(DESK, "on")
    await browser.until(lambda each: each["changed"][0]["wins_for"])
    await settled(cup)
    assert set(described) == {desk["id"], added.subentry_id}
    described.clear()
    hass.states.async_set(DESK, "off")
    message = await browser.until(lambda each: not each["changed"][0]["wins_for"])
    assert [each["name"] for each in message["changed"]] == ["Desk"]
    await settled(cup)
    assert set(described) == {desk["id"]}


async def test_a_user_without_rights_for_rules_sees_none(annas_browser: Browser) -> None:
    assert (await annas_browser.subscribe("rules"))["rules"] == []


async def test_of_a_rules_people_those_are_told_whom_the_user_may_see(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    opened: Open,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    add_person(hass, loaded, "clara", controlled=True)
    await hass.async_block_till_done()
    add_rule(hass, loaded, "Meeting", people=["anna", "clara"])
    await hass.async_block_till_done()
    visible = ("sensor.anna_presence", "binary_sensor.meeting_active")
    may_see = {"entities": {"entity_ids": {each: {"read": True} for each in visible}}}
    hass_read_only_user.mock_policy(may_see)
    browser = await opened(hass_read_only_access_token)
    people = (await browser.subscribe("people"))["people"]
    (rule,) = (await browser.subscribe("rules"))["rules"]
    assert [each["name"] for each in people] == ["Anna"]
    assert rule["people"] == [people[0]["id"]]


async def test_a_reload_ends_the_subscription(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await browser.subscribe("rules")
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    await browser.until(lambda each: "gone" in each)
    assert (await browser.unsubscribe())["error"]["code"] == "not_found"
    (rule,) = (await browser.subscribe("rules"))["rules"]
    assert rule["name"] == "Desk"


async def test_a_rule_that_is_gone_leaves_no_listener(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    def listeners() -> int:
        held = async_rule_engine(hass)._listeners
        return len(held._rules_listeners) + sum(map(len, held._rule_listeners.values()))

    before = listeners()
    await browser.subscribe("rules")
    subscribed = listeners()
    assert subscribed > before
    added = add_rule(hass, loaded, "Lunch", presence="away")
    await browser.until(lambda each: each.get("changed"))
    assert listeners() > subscribed
    hass.config_entries.async_remove_subentry(loaded, added.subentry_id)
    await browser.until(lambda each: each.get("removed"))
    assert listeners() == subscribed
    assert (await browser.unsubscribe())["success"]
    assert listeners() == before


LIGHT = "input_boolean.light"
EITHER = {
    "condition": "or",
    "conditions": [
        {"condition": "state", "entity_id": DESK, "state": "on"},
        {"condition": "not", "conditions": [{**AT_DESK, "entity_id": LIGHT}]},
    ],
}


def truths(conditions: list[dict[str, Any]]) -> list[Any]:
    """Return the kinds and values of conditions, and of those in them."""
    return [
        (each["value"], each["kind"], *truths(each["conditions"]))
        if each["kind"]
        else each["value"]
        for each in conditions
    ]


async def test_conditions_are_told_live_with_what_is_true(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser, cup: Cup
) -> None:
    hass.states.async_set(LIGHT, "on", {"friendly_name": "Light"})
    named = {**AT_DESK, "alias": "Somebody is at the desk"}
    added = add_rule(hass, loaded, "Either", when=[named, EITHER])
    await hass.async_block_till_done()
    first = await browser.subscribe("rules")
    rule = next(each for each in first["rules"] if each["id"] == added.subentry_id)
    (evaluation,) = rule["evaluations"]
    assert (evaluation["person"], evaluation["holds"]) == (None, False)
    assert truths(evaluation["conditions"]) == [
        "false",
        ("false", "or", "false", ("false", "not", "true")),
    ]
    assert evaluation["conditions"][0]["text"] == "Somebody is at the desk"
    inner = evaluation["conditions"][1]["conditions"][1]
    assert inner["text"] == "None of these"
    assert inner["conditions"][0]["text"].startswith("Light is on")

    # The rule as a whole stays as it is.
    hass.states.async_set(LIGHT, "unavailable")
    (changed,) = (await browser.next())["changed"]
    (evaluation,) = changed["evaluations"]
    assert truths(evaluation["conditions"]) == [
        "false",
        ("unknown", "or", "false", ("unknown", "not", "unknown")),
    ]
    await browser.nothing()


async def test_conditions_of_each_person_are_told_apart(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    template = "{{ person.name == 'Anna' and is_state('binary_sensor.desk', 'on') }}"
    add_rule(hass, loaded, "Own", when=[{"condition": "template", "value_template": template}])
    await hass.async_block_till_done()
    first = await browser.subscribe("rules")
    rule = next(each for each in first["rules"] if each["name"] == "Own")
    assert [each["person"] for each in rule["evaluations"]] == rule["people"]
    assert truths(rule["evaluations"][0]["conditions"]) == ["false"]
