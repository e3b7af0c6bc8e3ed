"""A Cisco Unified Presence server to develop, demonstrate and test against.

In a process of its own it is the command `cup-simulator`; within a test it is
`async with Simulator(configuration) as simulator: …`.
"""

from .configuration import Configuration, ConfigurationError, parse_configuration
from .server import Ports, Simulator

__all__ = ["Configuration", "ConfigurationError", "Ports", "Simulator", "parse_configuration"]
