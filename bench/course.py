"""How a run is to be done."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Course:
    """How a run is to be done.

    Attributes:
        quick: Whether a few samples at small sizes will do.
        folder: Where temporary files go.
    """

    quick: bool
    folder: Path

    def choose[T](self, *, thorough: T, quick: T) -> T:
        """Return the value for this run."""
        return quick if self.quick else thorough

    def new_folder(self) -> Path:
        """Return the path of a folder that is not there yet."""
        return self.folder / f"folder-{next(_NUMBERS)}"
