"""Inputs that exploring has found: kept as files, which the tests feed from then on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import hashlib
import os
from pathlib import Path
from typing import Final

from hypothesis import example

FOUND: Final = Path(__file__).parent / "found"

# Set by script/fuzz while it explores: the prefix of the names of new files.
EXPLORATION: Final = "FUZZ_EXPLORATION"


def found(target: str) -> list[bytes]:
    """Return the inputs that were found for a target."""
    return [file.read_bytes() for file in sorted((FOUND / target).glob("*"))]


def keep(target: str, data: bytes, name: str | None = None) -> Path:
    """Keep an input, by default under a name that is its digest; return the file."""
    folder = FOUND / target
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name or hashlib.sha256(data).hexdigest()[:16])
    file.write_bytes(data)
    return file


def with_found[TestT: Callable[..., object]](target: str) -> Callable[[TestT], TestT]:
    """Let a test of hypothesis, whose argument is ``data``, begin with what was found."""

    def decorate(test: TestT) -> TestT:
        for data in found(target):
            test = example(data=data)(test)
        return test

    return decorate


@contextmanager
def keeping(target: str, data: bytes) -> Iterator[None]:
    """Keep the input, while exploring, when the block fails.

    hypothesis ends with the smallest input that fails, so that one replaces the others.
    """
    try:
        yield
    except Exception:
        if exploration := os.environ.get(EXPLORATION):
            keep(target, data, exploration)
        raise
