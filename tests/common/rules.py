"""Rules for tests, and an engine that runs them without a server."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN, SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_form import TableWords
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rules import (
    PRESENCE_WORDS,
    RULE_ENGINE,
    RULE_SCHEMA,
    Rule,
    RuleEngine,
)

DESK = "binary_sensor.desk"
AT_DESK = {"condition": "state", "entity_id": DESK, "state": "on"}
ELSEWHERE = {**AT_DESK, "state": "off"}
REFUSED = {"condition": "device", "device_id": "x", "domain": "light"}

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA = "anna@example.com"
BEN = "ben@example.com"


def written(name: str = "Desk", **changes: Any) -> dict[str, Any]:
    """Return a rule as it is written in YAML: Anna is busy while she is at her desk."""
    # The key is a word of Python's own.
    times = {"for": changes.pop("duration")} if "duration" in changes else {}
    usual = {"people": ["anna"], "when": [AT_DESK], "presence": "busy"}
    return {"name": name, **usual, **times, **changes}


def rule(name: str = "Desk", **changes: Any) -> Rule:
    """Return a rule as YAML would make it."""
    return Rule.of(RULE_SCHEMA(written(name, **changes)))


def subentry(name: str = "Desk", **changes: Any) -> dict[str, Any]:
    """Return a rule as a subentry."""
    data = written(name, **{"people": [{"entity_id": ["sensor.anna_presence"]}], **changes})
    del data["name"]
    return {
        "data": data,
        "subentry_type": SUBENTRY_RULE,
        "title": name,
        "unique_id": f"rule_{name.lower()}",
    }


def add_rule(
    hass: HomeAssistant, entry: ConfigEntry, name: str = "Desk", **changes: Any
) -> ConfigSubentry:
    """Add a rule to an entry, as the form does, and return its subentry."""
    made: Mapping[str, Any] = subentry(name, **changes)
    added = ConfigSubentry(**{**made, "data": MappingProxyType(made["data"])})
    hass.config_entries.async_add_subentry(entry, added)
    return added


async def open_engine(
    hass: HomeAssistant, *rules: Rule, entry: ConfigEntry | None = None
) -> RuleEngine:
    """Return an engine that runs these rules of YAML, and has the people of an entry."""
    engine = hass.data[RULE_ENGINE] = RuleEngine(hass)
    await engine.async_load()
    await engine.async_set_yaml_rules(rules)
    if entry is not None:
        await engine.async_add_entry(entry, lambda: people_of(entry))
    await hass.async_block_till_done()
    return engine


async def shut(hass: HomeAssistant) -> None:
    """Fire the events of a stop that rules depend on, and write all stores."""
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire("homeassistant_stop")
    await hass.async_block_till_done()
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire("homeassistant_final_write")
    await hass.async_block_till_done()


async def start(hass: HomeAssistant) -> None:
    """Fire the event that Home Assistant has started."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()


async def settled(hass: HomeAssistant) -> None:
    """Wait until a change is processed, and listeners are notified."""
    await hass.async_block_till_done()
    await hass.async_block_till_done()


async def pass_by(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    """Let time pass, and run what is due."""
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def desk(hass: HomeAssistant, state: str) -> None:
    """Set whether the desk is occupied (on) or not (off)."""
    hass.states.async_set(DESK, state)
    await hass.async_block_till_done()


def names(engine: RuleEngine, entry: ConfigEntry, person: str = ANNA) -> list[str]:
    """Return the names of the rules that hold for a person."""
    return [request.name for request in engine.requests_for(entry.entry_id, person)]


def issues(hass: HomeAssistant) -> dict[str, dict[str, str] | None]:
    """Return the repair issues and what they name."""
    return {
        issue.issue_id: issue.translation_placeholders
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


# The words of the form's table, as keys.
TABLE_WORDS = TableWords(
    {each: each for each in ("value", "presence", "note")}, {each: each for each in PRESENCE_WORDS}
)
