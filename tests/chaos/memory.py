"""Whether memory grows from course to course."""

from collections.abc import Iterator
import gc
from pathlib import Path
import resource
from statistics import median
from typing import Final

# Modules are loaded and caches are filled for so many courses.
WARM: Final = 10
# After that, so much more may be there at the end than at the beginning, for each course between.
OBJECTS_A_COURSE: Final = 150
BYTES_A_COURSE: Final = 100_000
# Some of it comes and goes.
SAMPLE: Final = 5


class MemoryWatch:
    """Weighs this process after each course."""

    def __init__(self) -> None:
        """Have weighed nothing."""
        self._objects: list[int] = []
        self._bytes: list[int] = []

    def weigh(self) -> None:
        """Note what there is now."""
        gc.collect()
        self._objects.append(len(gc.get_objects()))
        self._bytes.append(_resident())

    @property
    def growth(self) -> tuple[float, float] | None:
        """Return how many objects and bytes each course has left, None after too few courses."""
        if len(self._objects) < WARM + 2 * SAMPLE:
            return None
        return _slope(self._objects[WARM:]), _slope(self._bytes[WARM:])

    def grown(self) -> Iterator[str]:
        """Return by how much memory has grown, where that is more than may be."""
        if (growth := self.growth) is None:
            return
        objects, octets = growth
        if objects > OBJECTS_A_COURSE:
            yield f"each course leaves {objects:.0f} objects"
        if octets > BYTES_A_COURSE:
            yield f"each course leaves {octets:.0f} bytes"


def _slope(weights: list[int]) -> float:
    grown = median(weights[-SAMPLE:]) - median(weights[:SAMPLE])
    return grown / (len(weights) - SAMPLE)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
