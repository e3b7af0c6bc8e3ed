"""Home Assistant sets up no entry of an integration without a config flow."""

from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class BareConfigFlow(ConfigFlow, domain=DOMAIN):
    """A flow without steps."""
