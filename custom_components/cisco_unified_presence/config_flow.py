"""The config flow, which Home Assistant looks up by the name of this module."""

from .const import DOMAIN
from .flows import ServerFlow


class CupConfigFlow(ServerFlow, domain=DOMAIN):
    """The flow of a server: set up, reconfigured, and authenticated anew."""
