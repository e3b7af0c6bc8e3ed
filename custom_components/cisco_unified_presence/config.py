"""Validation of the integration's YAML, which Home Assistant calls by this module's name."""

from typing import Final

from homeassistant.config import config_without_domain
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, LOGGER
from .rules import async_problems_of, read_rules

# Replaces a schema: how Home Assistant merges this domain's blocks of several packages.
PACKAGE_MERGE_HINT: Final = "dict"


async def async_validate_config(hass: HomeAssistant, config: ConfigType) -> ConfigType:
    """Return the configuration with YamlRules in place of this domain's YAML.

    A rule that is not valid is logged with file and line; the other rules load all the same.

    Raises:
        HomeAssistantError: Home Assistant only checks the configuration, and a rule is not valid.
    """
    read = read_rules(hass, config)
    if _is_check(hass):
        problems = read.problems
        if DOMAIN in hass.config.components:
            problems = await async_problems_of(hass, config, read)
        if problems:
            raise HomeAssistantError("\n".join(problems))
    for problem in read.problems:
        LOGGER.error(problem)
    return {**config_without_domain(config, DOMAIN), DOMAIN: read}


def _is_check(hass: HomeAssistant) -> bool:
    """Return whether the configuration is only checked, and not about to be used.

    Home Assistant calls the same function for both. The integration is set up once, so after that
    it is a check. Before that, only the command check_config calls it in an instance without the
    integration homeassistant, which every start sets up first.
    """
    components = hass.config.components
    is_command = hass.state is CoreState.not_running and HOMEASSISTANT_DOMAIN not in components
    return is_command or DOMAIN in components
