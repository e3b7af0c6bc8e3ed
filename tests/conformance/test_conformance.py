"""The table of cases against the simulator, each in every dialect that has it."""

from pathlib import Path

import pytest

from .case import Case, Skipped, Spoken
from .running import simulated_stage
from .table import CASES


def runs() -> list[tuple[Case, Spoken]]:
    """Return each case with each of its dialects."""
    return [(case, spoken) for case in CASES for spoken in Spoken if spoken in case.dialects]


@pytest.mark.parametrize(
    ("case", "spoken"), runs(), ids=[f"{case.label}, {spoken}" for case, spoken in runs()]
)
async def test_conformance(socket_enabled: None, tls_dir: Path, case: Case, spoken: Spoken) -> None:
    async with simulated_stage(spoken, tls_dir) as stage:
        try:
            await case.run(stage)
        except Skipped as reason:
            pytest.skip(str(reason))
