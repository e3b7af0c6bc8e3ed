"""Runs the tests of the wire with fresh seeds; they keep the inputs that fail in found/."""

import os
from pathlib import Path
import secrets
import subprocess
import sys
import time
from typing import Final

from .cases import EXPLORATION

WIRE_TESTS: Final = Path(__file__).with_name("test_wire.py")
SEEDS: Final = 2**32


def explore_wire(seconds: int) -> tuple[int, subprocess.CompletedProcess[str]]:
    """Run the tests until one fails or the time is over.

    Returns:
        How often they ran, and the last run.
    """
    end = time.monotonic() + seconds
    runs = 0
    while True:
        runs += 1
        ended = _run(secrets.randbelow(SEEDS))
        if ended.returncode or time.monotonic() >= end:
            return runs, ended


def _run(seed: int) -> subprocess.CompletedProcess[str]:
    arguments = ("--hypothesis-profile=explore", f"--hypothesis-seed={seed}", "-q", str(WIRE_TESTS))
    return subprocess.run(  # noqa: S603 (our own tests)
        [sys.executable, "-m", "pytest", *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, EXPLORATION: f"seed-{seed}"},
    )
