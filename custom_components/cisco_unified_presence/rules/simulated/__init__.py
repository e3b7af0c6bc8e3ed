"""What rules would do: with other states, at another time, or from now on."""

from .rule_course import RuleMoment
from .rules import SimulatedRules
from .world import World

__all__ = ["RuleMoment", "SimulatedRules", "World"]
