"""The integration's YAML, as Home Assistant checks it before set-up and on request."""

from typing import Final

from homeassistant.config import config_without_domain
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, LOGGER
from .rules import read_rules

# Read in place of a schema: how Home Assistant merges this domain's block from several packages.
PACKAGE_MERGE_HINT: Final = "dict"


async def async_validate_config(hass: HomeAssistant, config: ConfigType) -> ConfigType:
    """Return the configuration with the rules read, in the place of their YAML.

    A rule that is not valid is logged with file and line; the other rules load all the same.
    """
    read = read_rules(hass, config)
    for problem in read.problems:
        LOGGER.error(problem)
    return {**config_without_domain(config, DOMAIN), DOMAIN: read}
