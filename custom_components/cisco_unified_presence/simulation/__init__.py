"""What would be, and what is to come: decisions with other states, and at other times."""

from .people import SimulatedPerson
from .simulate import async_simulate

__all__ = ["SimulatedPerson", "async_simulate"]
