"""Whether memory grows while one Home Assistant runs."""

from collections.abc import Iterable, Iterator
import gc
from statistics import median
from types import BuiltinFunctionType
from typing import Final
from weakref import ReferenceType

from aiohttp import web_app
from homeassistant.helpers.device_registry import DeletedDeviceEntry
from homeassistant.helpers.entity_registry import DeletedRegistryEntry
from homeassistant.util.read_only_dict import ReadOnlyDict

# The first measurements, during which modules are loaded and caches filled, do not count.
WARM: Final = 5
# Single measurements vary.
SAMPLE: Final = 5
# How many objects may stay in memory after each round. Measured were 6 (nothing reloaded) to 18:
# failures in the diagnostics, and the records of chaos itself.
OBJECTS_PER_ROUND: Final = 40
# Python's abstract classes cache subclass checks, with one object of each type for each check.
CACHED_BY_PYTHON: Final = (ReferenceType, BuiltinFunctionType)
# Home Assistant remembers each entity and device that was removed for as long as its entry exists.
REMEMBERED: Final = (DeletedRegistryEntry, DeletedDeviceEntry)
CONTAINERS: Final = (dict, list, set, ReadOnlyDict)


class MemoryWatch:
    """Counts the objects of this process while one Home Assistant runs.

    A stopped Home Assistant stays in memory for the most part, since its process usually ends with
    it. So only the growth during a run counts.
    """

    def __init__(self) -> None:
        self._owner: object = None
        self._objects: list[int] = []

    def measure(self, owner: object) -> None:
        """Count the objects; another owner begins a new series."""
        if owner is not self._owner:
            self._owner = owner
            self._objects.clear()
        # aiohttp caches the applications of the last servers.
        web_app._cached_build_middleware.cache_clear()
        gc.collect()
        objects = [each for each in gc.get_objects() if type(each) not in CACHED_BY_PYTHON]
        remembered = (each for each in objects if type(each) in REMEMBERED)
        self._objects.append(len(objects) - _count_with_contents(remembered))

    @property
    def growth(self) -> float | None:
        """Return the number of objects that stay after a round; None after too few rounds."""
        objects = self._objects[WARM:]
        if len(objects) < 2 * SAMPLE:
            return None
        grown = median(objects[-SAMPLE:]) - median(objects[:SAMPLE])
        return grown / (len(objects) - SAMPLE)

    def grown(self) -> Iterator[str]:
        """Yield the growth when it exceeds the limit."""
        if self.growth is not None and self.growth > OBJECTS_PER_ROUND:
            yield f"{self.growth:.0f} objects stayed in memory after each round"


def _count_with_contents(entries: Iterable[object]) -> int:
    """Return how many objects registry entries are, with the containers that they hold."""
    waiting, found = list(entries), set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) not in found and gc.is_tracked(each):
            found.add(id(each))
            waiting += (held for held in gc.get_referents(each) if type(held) in CONTAINERS)
    return len(found)
