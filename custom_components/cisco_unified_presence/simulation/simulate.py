"""What would be: at another time, with other states. Nothing is written, and nothing changes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, State

from ..decision_words import local_iso
from .people import SimulatedPerson, Simulation


async def async_simulate(
    hass: HomeAssistant,
    people: Iterable[SimulatedPerson],
    at: datetime,
    given: Mapping[str, State],
) -> dict[str, Any]:
    """Return by contact the explanation of each person as it would be.

    The given states begin now, all others stay as they are but for those that are known ahead, and
    time passes until then.
    """
    simulation = Simulation(hass, at, given)
    simulated: dict[str, Any] = {}
    async for key, person, moments in simulation.async_follow(people):
        last = moments[-1]
        simulated[key] = {
            **simulation.explain(person, last),
            "at": local_iso(last.at),
            "unknown": list(last.unknown),
        }
    return simulated
