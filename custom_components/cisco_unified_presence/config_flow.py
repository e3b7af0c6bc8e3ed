"""The config flow; Home Assistant requires a module of this name."""

from .const import DOMAIN
from .flows import ServerFlow


class CupConfigFlow(ServerFlow, domain=DOMAIN):
    """The config flow of a server."""
