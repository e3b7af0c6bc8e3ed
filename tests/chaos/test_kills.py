"""The short form of ``script/chaos --plan kills``, with a fixed seed."""

from pathlib import Path
import subprocess
import sys

import pytest

REPOSITORY = Path(__file__).parents[2]
KILLS = 12
SEED = 4000


@pytest.mark.timeout(400)
def test_what_stands_at_the_server_after_a_kill_is_requested() -> None:
    # In a process of its own, which has no clock or socket of the test plug-in.
    done = subprocess.run(  # noqa: S603 (our own module)
        [
            *(sys.executable, "-m", "tests.chaos"),
            *("--plan", "kills", "--kills", str(KILLS), "--seed", str(SEED)),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)
