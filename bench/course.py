"""The parameters of a run."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
import os
from pathlib import Path

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Course:
    """The parameters of a run; ``quick`` takes few samples at small sizes.

    Attributes:
        quick: Whether few samples are taken at small sizes.
        folder: Where folders are created.
        cores: Held by each process that may run beside others, as its rows tell of no time.
    """

    quick: bool
    folder: Path
    cores: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(os.process_cpu_count() or 1)
    )

    def choose[T](self, *, thorough: T, quick: T) -> T:
        return quick if self.quick else thorough

    def new_folder(self) -> Path:
        """Return the path of a new folder, which is not created."""
        return self.folder / f"folder-{next(_NUMBERS)}"
