"""Every example for Home Assistant runs in one that is connected to the simulator."""

from collections.abc import AsyncGenerator
import logging
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import YAML, Rule, async_rule_engine
from tests.common.automations import set_up
from tests.common.rules import issues
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

from .environment import reload_configuration, reload_rules, unknown_names_in, write_configuration
from .kinds import Kind, blocks_of, kind_of, read
from .pages import Block, pages
from .triggering import fire, make_true, seconds_until_fired

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
TIME_OF_DAY = re.compile(r"\b\d\d:\d\d\b")
# Home Assistant's own cards and tile features that the examples use.
CARDS = {"entities", "history-graph", "logbook", "markdown", "tile", "vertical-stack"}
FEATURES = {"select-options"}


@pytest.mark.parametrize("block", [each for page in pages() for each in page.blocks], ids=str)
def test_every_block_is_of_a_kind_that_is_run(block: Block) -> None:
    assert kind_of(block)


@pytest.fixture(autouse=True)
async def _no_errors_are_logged(caplog: pytest.LogCaptureFixture) -> AsyncGenerator[None]:
    yield
    errors = [
        each.message
        for phase in ("setup", "call", "teardown")
        for each in caplog.get_records(phase)
        # aiohttp's access log fails where time is frozen: the local time has no offset then.
        if each.levelno >= logging.ERROR and each.name != "aiohttp.access"
    ]
    assert not errors


# Actions


async def explained(prepared_hass: HomeAssistant, target: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the explanations for the people of a target."""
    answer = await prepared_hass.services.async_call(
        DOMAIN, "explain", target, blocking=True, return_response=True
    )
    assert answer
    people: Any = answer["people"]
    return list(people.values())


async def perform(prepared_hass: HomeAssistant, action: dict[str, Any]) -> Any:
    """Call an action as written and return its response, if it has one."""
    cv.SCRIPT_SCHEMA([action])
    assert not unknown_names_in(prepared_hass, action)
    domain, name = action["action"].split(".")
    data = {**action.get("target", {}), **action.get("data", {})}
    answers = prepared_hass.services.supports_response(domain, name) is not SupportsResponse.NONE
    return await prepared_hass.services.async_call(
        domain, name, data, blocking=True, return_response=answers
    )


def without_timestamps(answer: Any) -> Any:
    """Return a response with all timestamps and times of day replaced by the same text."""
    match answer:
        case dict():
            return {key: without_timestamps(value) for key, value in answer.items()}
        case list():
            return [without_timestamps(each) for each in answer]
        case str() if TIMESTAMP.fullmatch(answer):
            return "timestamp"
        case str():
            return TIME_OF_DAY.sub("time", answer)
    return answer


@pytest.mark.parametrize("block", blocks_of(Kind.ACTION), ids=str)
async def test_an_action_does_what_it_says(prepared_hass: HomeAssistant, block: Block) -> None:
    action = read(block)
    target = action.get("target", {})
    if action["action"] == f"{DOMAIN}.clear_presence":
        busy = {**target, "presence": "busy"}
        await prepared_hass.services.async_call(DOMAIN, "set_presence", busy, blocking=True)
        assert {each["source"] for each in await explained(prepared_hass, target)} == {"manual"}
    await perform(prepared_hass, action)
    if action["action"] == f"{DOMAIN}.clear_presence":
        assert {each["source"] for each in await explained(prepared_hass, target)} == {"own"}
    if action["action"] == f"{DOMAIN}.set_presence":
        for each in await explained(prepared_hass, target):
            assert each["source"] == "manual"
            assert each["wanted"] == action["data"]["presence"]
            assert each["note"] == action["data"].get("note")
            assert (each["until"] is not None) == ("duration" in action["data"])


@pytest.mark.parametrize("block", blocks_of(Kind.ANSWER), ids=str)
async def test_a_response_is_that_of_the_action_before_it(
    prepared_hass: HomeAssistant, cup: Cup, block: Block
) -> None:
    assert block.before
    assert kind_of(block.before) is Kind.ACTION
    await settled(cup)
    answer = await perform(prepared_hass, read(block.before))
    assert without_timestamps(answer) == without_timestamps(read(block))


# Automations and scripts


@pytest.mark.parametrize("block", blocks_of(Kind.AUTOMATION), ids=str)
async def test_an_automation_runs_when_it_should(
    freezer: FrozenDateTimeFactory, prepared_hass: HomeAssistant, cup: Cup, block: Block
) -> None:
    automation = read(block)
    assert not unknown_names_in(prepared_hass, automation)
    await set_up(prepared_hass, automation)
    (entity_id,) = prepared_hass.states.async_entity_ids("automation")
    if "use_blueprint" in automation:
        # tests/blueprints checks what blueprints do.
        return
    for condition in automation.get("conditions", []):
        await make_true(prepared_hass, cup, condition)
    trigger, *_ = automation["triggers"]
    await fire(prepared_hass, cup, trigger)
    if waiting := seconds_until_fired(trigger):
        assert not last_run(prepared_hass, entity_id)
        await pass_time(freezer, cup, waiting)
    # An automation may wait for more; hass.async_block_till_done would wait with it.
    await settled(cup)
    assert last_run(prepared_hass, entity_id)


def last_run(prepared_hass: HomeAssistant, entity_id: str) -> Any:
    state = prepared_hass.states.get(entity_id)
    assert state
    return state.attributes["last_triggered"]


@pytest.mark.parametrize("block", blocks_of(Kind.SCRIPT), ids=str)
async def test_a_script_runs(prepared_hass: HomeAssistant, block: Block) -> None:
    script = read(block)
    assert not unknown_names_in(prepared_hass, script)
    await write_configuration(prepared_hass, yaml.safe_dump({"script": {"example": script}}))
    await prepared_hass.services.async_call("script", "reload", blocking=True)
    await prepared_hass.services.async_call("script", "example", blocking=True)


# Rules


@pytest.mark.parametrize("block", blocks_of(Kind.RULES), ids=str)
async def test_rules_are_read_and_find_their_people(
    prepared_hass: HomeAssistant, block: Block
) -> None:
    written = read(block)
    assert not unknown_names_in(prepared_hass, written)
    if isinstance(written, list):
        rules = written
        await reload_rules(prepared_hass, rules)
    else:
        rules = written[DOMAIN]["rules"]
        await reload_configuration(prepared_hass, block.text)
    engine = async_rule_engine(prepared_hass)
    assert [rule.name for rule in engine.rules_from(YAML)] == [rule["name"] for rule in rules]
    assert not issues(prepared_hass)
    for rule in engine.rules_from(YAML):
        status = engine.status_of(rule.id)
        assert status
        assert status.people
    for rule in rules:
        for condition in filter(is_a_state, rule.get("when", [])):
            prepared_hass.states.async_set(condition["entity_id"], condition["state"])
    await prepared_hass.async_block_till_done()
    holding = {
        rule.name for rule in engine.rules_from(YAML) if is_shown_as_holding(prepared_hass, rule)
    }
    assert holding >= {rule["name"] for rule in rules if is_simple(rule)}


def is_a_state(condition: Any) -> bool:
    return isinstance(condition, dict) and condition["condition"] == "state"


def is_simple(rule: dict[str, Any]) -> bool:
    """Return whether a rule holds as soon as its entities have their states."""
    return "for" not in rule and all(map(is_a_state, rule.get("when", [])))


def is_shown_as_holding(prepared_hass: HomeAssistant, rule: Rule) -> bool:
    return shown(prepared_hass, f"binary_sensor.rule_{slugify(rule.name)}_active") == STATE_ON


# Dashboards and configuration


def cards_in(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [card, *(each for inner in card.get("cards", []) for each in cards_in(inner))]


@pytest.mark.parametrize("block", blocks_of(Kind.CARD), ids=str)
async def test_a_card_shows_entities_that_exist(prepared_hass: HomeAssistant, block: Block) -> None:
    card = read(block)
    assert not unknown_names_in(prepared_hass, card)
    for each in cards_in(card):
        assert each["type"] in CARDS
        assert {feature["type"] for feature in each.get("features", [])} <= FEATURES
        if "content" in each:
            shown = Template(each["content"], prepared_hass).async_render(strict=True)
            assert "None" not in str(shown)


@pytest.mark.parametrize("block", blocks_of(Kind.CONFIGURATION), ids=str)
async def test_home_assistant_takes_a_configuration(
    prepared_hass: HomeAssistant, block: Block
) -> None:
    configuration = read(block)
    for component in configuration:
        assert await async_setup_component(prepared_hass, component, configuration)
