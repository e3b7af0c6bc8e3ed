"""Whether memory grows while one Home Assistant runs."""

from collections.abc import Iterator
import gc
from statistics import median
from types import BuiltinFunctionType
from typing import Final
from weakref import ReferenceType

from aiohttp import web_app

# Modules are loaded and caches are filled for so many weighings.
WARM: Final = 5
# Some of it comes and goes.
SAMPLE: Final = 5
# So many more objects may be there at the end than at the beginning, for each spell between, with
# whatever was reloaded and restarted in it. Measured were 6 (nothing reloaded) to 18: the failures
# that diagnostics tell of, and what chaos itself notes.
OBJECTS_A_SPELL: Final = 40
# Python's abstract classes remember which classes they were asked about, with one of each for each.
REMEMBERED_BY_PYTHON: Final = (ReferenceType, BuiltinFunctionType)


class MemoryWatch:
    """Counts the objects of this process, one Home Assistant at a time.

    A Home Assistant that was stopped leaves much of itself behind; it is not made to be stopped
    within a process. So what counts is how one grows that runs on.
    """

    def __init__(self) -> None:
        """Have counted nothing."""
        self._whose: object = None
        self._objects: list[int] = []

    def weigh(self, whose: object) -> None:
        """Count what there is now; somebody else begins anew."""
        if whose is not self._whose:
            self._whose = whose
            self._objects.clear()
        # aiohttp remembers the applications of the last servers.
        web_app._cached_build_middleware.cache_clear()
        gc.collect()
        self._objects.append(
            sum(type(each) not in REMEMBERED_BY_PYTHON for each in gc.get_objects())
        )

    @property
    def growth(self) -> float | None:
        """Return how many objects each spell has left, None after too few."""
        objects = self._objects[WARM:]
        if len(objects) < 2 * SAMPLE:
            return None
        grown = median(objects[-SAMPLE:]) - median(objects[:SAMPLE])
        return grown / (len(objects) - SAMPLE)

    def grown(self) -> Iterator[str]:
        """Return by how much memory has grown, where that is more than may be."""
        if self.growth is not None and self.growth > OBJECTS_A_SPELL:
            yield f"each spell has left {self.growth:.0f} objects"
