"""Rules as tests write them, and a book that runs them without a server."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.rule import Rule
from custom_components.cisco_unified_presence.rule_book import RULE_BOOK, RuleBook
from custom_components.cisco_unified_presence.rule_schema import RULE_SCHEMA

DESK = "binary_sensor.desk"
AT_DESK = {"condition": "state", "entity_id": DESK, "state": "on"}


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


async def open_book(
    hass: HomeAssistant, *rules: Rule, entry: ConfigEntry | None = None
) -> RuleBook:
    """Return a book that runs these rules of YAML, and has the people of an entry."""
    book = hass.data[RULE_BOOK] = RuleBook(hass)
    await book.async_load()
    await book.async_set_yaml_rules(rules)
    if entry is not None:
        await book.async_add_entry(entry, lambda: people_of(entry))
    await hass.async_block_till_done()
    return book


async def shut(hass: HomeAssistant) -> None:
    """Let Home Assistant stop as far as rules see it, all of it written down."""
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire("homeassistant_stop")
    await hass.async_block_till_done()
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire("homeassistant_final_write")
    await hass.async_block_till_done()


async def start(hass: HomeAssistant) -> None:
    """Let Home Assistant have started."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()


async def settled(hass: HomeAssistant) -> None:
    """Wait until a change is taken up, and what follows from it is told."""
    await hass.async_block_till_done()
    await hass.async_block_till_done()
