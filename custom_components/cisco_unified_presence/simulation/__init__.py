"""What would be, and what is to come: decisions with other states, and at other times."""

from .forecast import HOURS, async_forecast
from .people import SimulatedPerson
from .report import async_decisions_report
from .simulate import async_simulate

__all__ = ["HOURS", "SimulatedPerson", "async_decisions_report", "async_forecast", "async_simulate"]
