"""Every example for Home Assistant is performed by one that is connected to a server."""

from collections.abc import AsyncGenerator
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

from .happening import fire, make_true, patience
from .house import reload_configuration, reload_rules, strangers_in, write_configuration
from .kinds import Kind, blocks_of, kind_of, read
from .pages import Block, pages

SOMETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
# The cards of Home Assistant itself that the examples use, and the features of tiles.
CARDS = {"entities", "history-graph", "logbook", "markdown", "tile", "vertical-stack"}
FEATURES = {"select-options"}


@pytest.mark.parametrize("block", [each for page in pages() for each in page.blocks], ids=str)
def test_every_block_is_of_a_kind_that_is_run(block: Block) -> None:
    assert kind_of(block)


@pytest.fixture(autouse=True)
async def _nothing_is_complained_of(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> AsyncGenerator[None]:
    yield
    complaints = [each.message for each in caplog.records if each.levelname == "ERROR"]
    assert not complaints


# Actions


async def explained(office: HomeAssistant, target: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is decided about the people of a target."""
    answer = await office.services.async_call(
        DOMAIN, "explain", target, blocking=True, return_response=True
    )
    assert answer
    people: Any = answer["people"]
    return list(people.values())


async def perform(office: HomeAssistant, action: dict[str, Any]) -> Any:
    """Perform an action as it is written, and return its answer if it has one."""
    cv.SCRIPT_SCHEMA([action])
    assert not strangers_in(office, action)
    domain, name = action["action"].split(".")
    data = {**action.get("target", {}), **action.get("data", {})}
    answers = office.services.supports_response(domain, name) is not SupportsResponse.NONE
    return await office.services.async_call(
        domain, name, data, blocking=True, return_response=answers
    )


def without_moments(answer: Any) -> Any:
    """Return an answer in which one moment is like another."""
    match answer:
        case dict():
            return {key: without_moments(value) for key, value in answer.items()}
        case list():
            return [without_moments(each) for each in answer]
        case str() if SOMETIME.fullmatch(answer):
            return "sometime"
    return answer


@pytest.mark.parametrize("block", blocks_of(Kind.ACTION), ids=str)
async def test_an_action_does_what_it_says(office: HomeAssistant, block: Block) -> None:
    action = read(block)
    target = action.get("target", {})
    if action["action"] == f"{DOMAIN}.clear_presence":
        busy = {**target, "presence": "busy"}
        await office.services.async_call(DOMAIN, "set_presence", busy, blocking=True)
        assert {each["source"] for each in await explained(office, target)} == {"manual"}
    await perform(office, action)
    if action["action"] == f"{DOMAIN}.clear_presence":
        assert {each["source"] for each in await explained(office, target)} == {"own"}
    if action["action"] == f"{DOMAIN}.set_presence":
        for each in await explained(office, target):
            assert each["source"] == "manual"
            assert each["wanted"] == action["data"]["presence"]
            assert each["note"] == action["data"].get("note")
            assert (each["until"] is not None) == ("duration" in action["data"])


@pytest.mark.parametrize("block", blocks_of(Kind.ANSWER), ids=str)
async def test_an_answer_is_that_of_the_action_before_it(
    office: HomeAssistant, cup: Cup, block: Block
) -> None:
    assert block.before
    assert kind_of(block.before) is Kind.ACTION
    await settled(cup)
    answer = await perform(office, read(block.before))
    assert without_moments(answer) == without_moments(read(block))


# Automations and scripts


@pytest.mark.parametrize("block", blocks_of(Kind.AUTOMATION), ids=str)
async def test_an_automation_runs_when_it_should(
    freezer: FrozenDateTimeFactory, office: HomeAssistant, cup: Cup, block: Block
) -> None:
    automation = read(block)
    assert not strangers_in(office, automation)
    await set_up(office, automation)
    (entity_id,) = office.states.async_entity_ids("automation")
    if "use_blueprint" in automation:
        # What blueprints do has tests of its own.
        return
    for condition in automation.get("conditions", []):
        await make_true(office, cup, condition)
    (trigger,) = automation["triggers"]
    await fire(office, cup, trigger)
    if waiting := patience(trigger):
        assert not last_run(office, entity_id)
        await pass_time(freezer, cup, waiting)
    await office.async_block_till_done()
    assert last_run(office, entity_id)


def last_run(office: HomeAssistant, entity_id: str) -> Any:
    """Return when an automation has run last, None when it has not."""
    state = office.states.get(entity_id)
    assert state
    return state.attributes["last_triggered"]


@pytest.mark.parametrize("block", blocks_of(Kind.SCRIPT), ids=str)
async def test_a_script_runs(office: HomeAssistant, block: Block) -> None:
    script = read(block)
    assert not strangers_in(office, script)
    await write_configuration(office, yaml.safe_dump({"script": {"example": script}}))
    await office.services.async_call("script", "reload", blocking=True)
    await office.services.async_call("script", "example", blocking=True)


# Rules


@pytest.mark.parametrize("block", blocks_of(Kind.RULES), ids=str)
async def test_rules_are_read_and_find_their_people(office: HomeAssistant, block: Block) -> None:
    written = read(block)
    assert not strangers_in(office, written)
    if isinstance(written, list):
        rules = written
        await reload_rules(office, rules)
    else:
        rules = written[DOMAIN]["rules"]
        await reload_configuration(office, block.text)
    engine = async_rule_engine(office)
    assert [rule.name for rule in engine.rules_from(YAML)] == [rule["name"] for rule in rules]
    assert not issues(office)
    for rule in engine.rules_from(YAML):
        status = engine.status_of(rule.id)
        assert status
        assert status.people
    for rule in rules:
        for condition in filter(is_a_state, rule["when"]):
            office.states.async_set(condition["entity_id"], condition["state"])
    await office.async_block_till_done()
    holding = {rule.name for rule in engine.rules_from(YAML) if office_shows(office, rule)}
    assert holding >= {rule["name"] for rule in rules if is_simple(rule)}


def is_a_state(condition: Any) -> bool:
    """Return whether a condition only asks for the state of an entity."""
    return isinstance(condition, dict) and condition["condition"] == "state"


def is_simple(rule: dict[str, Any]) -> bool:
    """Return whether a rule holds at once when the states that it asks for are there."""
    return "for" not in rule and all(map(is_a_state, rule["when"]))


def office_shows(office: HomeAssistant, rule: Rule) -> bool:
    """Return whether the rule's own entity says that it holds."""
    return shown(office, f"binary_sensor.rule_{slugify(rule.name)}_holds") == STATE_ON


# Dashboards and configuration


def cards_in(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a card and the cards in it."""
    return [card, *(each for inner in card.get("cards", []) for each in cards_in(inner))]


@pytest.mark.parametrize("block", blocks_of(Kind.CARD), ids=str)
async def test_a_card_shows_what_there_is(office: HomeAssistant, block: Block) -> None:
    card = read(block)
    assert not strangers_in(office, card)
    for each in cards_in(card):
        assert each["type"] in CARDS
        assert {feature["type"] for feature in each.get("features", [])} <= FEATURES
        if "content" in each:
            shown = Template(each["content"], office).async_render(strict=True)
            assert "None" not in str(shown)


@pytest.mark.parametrize("block", blocks_of(Kind.CONFIGURATION), ids=str)
async def test_home_assistant_takes_a_configuration(office: HomeAssistant, block: Block) -> None:
    configuration = read(block)
    for component in configuration:
        assert await async_setup_component(office, component, configuration)
