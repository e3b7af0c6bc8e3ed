"""Rules as YAML has them, and what the actions with an answer say of people."""

from typing import Any

from homeassistant.core import HomeAssistant
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule, async_rule_engine

from .server import Cup
from .waiting import settled


async def use_rules(hass: HomeAssistant, cup: Cup, text: str) -> None:
    """Run these rules of YAML, or this one, and no others."""
    read = yaml.safe_load(text)
    written = read if isinstance(read, list) else [read]
    rules = [Rule.of(RULE_SCHEMA(rule)) for rule in written]
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    await settled(cup)


async def answer(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def about(hass: HomeAssistant, action: str, user: str, **data: Any) -> Any:
    """Return what an action answers about one person."""
    response = await answer(hass, action, people=[user], **data)
    return response["people"][f"{user}@example.com"]
