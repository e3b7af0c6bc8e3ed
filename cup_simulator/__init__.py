"""A Cisco Unified Presence server to develop, demonstrate and test against.

The command `cup-simulator` runs it in its own process; in tests it is an asynchronous context
manager: `async with Simulator(configuration) as simulator`.
"""

from .configuration import Configuration, ConfigurationError, parse_configuration
from .server import Ports, Simulator

__all__ = ["Configuration", "ConfigurationError", "Ports", "Simulator", "parse_configuration"]
