"""Validation of the integration's YAML, which Home Assistant calls by this module's name."""

from typing import Final

from homeassistant.config import config_without_domain
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, LOGGER
from .rules import read_rules

# Replaces a schema: how Home Assistant merges this domain's blocks of several packages.
PACKAGE_MERGE_HINT: Final = "dict"


async def async_validate_config(hass: HomeAssistant, config: ConfigType) -> ConfigType:
    """Return the configuration with YamlRules in place of this domain's YAML.

    A rule that is not valid is logged with file and line; the other rules load all the same.
    """
    read = read_rules(hass, config)
    for problem in read.problems:
        LOGGER.error(problem)
    return {**config_without_domain(config, DOMAIN), DOMAIN: read}
