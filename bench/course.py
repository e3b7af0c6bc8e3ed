"""The parameters of a run."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Course:
    """The parameters of a run; ``quick`` takes few samples at small sizes."""

    quick: bool
    folder: Path

    def choose[T](self, *, thorough: T, quick: T) -> T:
        return quick if self.quick else thorough

    def new_folder(self) -> Path:
        """Return the path of a new folder, which is not created."""
        return self.folder / f"folder-{next(_NUMBERS)}"
