"""Reload of the rules in YAML: all of them are valid and used, or none is."""

from homeassistant.config import async_hass_config_yaml, format_schema_error
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN
from .conditions import ConditionsInvalid, WatchedConditions
from .engine import async_rule_engine
from .issues import async_show_problems_of_yaml
from .schema import CONF_WHEN
from .yaml_config import WrittenRule, YamlRules, read_rules


async def async_reload_rules(hass: HomeAssistant) -> None:
    """Run the rules that are now in the configuration.

    Raises:
        HomeAssistantError: A rule is not valid, and the old ones go on; the message lists the
            problems with file and line.
    """
    try:
        config = await async_hass_config_yaml(hass)
    except HomeAssistantError as error:
        raise _not_reloaded(str(error)) from error
    read = read_rules(hass, config)
    if problems := await async_problems_of(hass, config, read):
        raise _not_reloaded("\n".join(problems))
    async_show_problems_of_yaml(hass, ())
    await async_rule_engine(hass).async_set_yaml_rules(read.rules)


async def async_problems_of(
    hass: HomeAssistant, config: ConfigType, read: YamlRules
) -> tuple[str, ...]:
    """Return what is wrong with rules, with file and line, what their conditions ask included."""
    refusals = [await _async_refusal(hass, config, each) for each in read.written]
    return (*read.problems, *(each for each in refusals if each))


async def _async_refusal(
    hass: HomeAssistant, config: ConfigType, written: WrittenRule
) -> str | None:
    rule = written.rule
    try:
        conditions = await WatchedConditions.async_create(hass, rule.when, rule.name)
    except ConditionsInvalid as error:
        invalid = vol.Invalid(str(error), path=[*written.path, CONF_WHEN])
        return format_schema_error(hass, invalid, DOMAIN, config)
    conditions.async_stop()
    return None


def _not_reloaded(problems: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="rules_not_reloaded",
        translation_placeholders={"problems": problems},
    )
