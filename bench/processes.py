"""Runs parts of the benchmark in processes of their own."""

import asyncio
import json
import sys
from typing import Any

from .serving import REPOSITORY


async def answer_of(module: str, *arguments: str, statuses: tuple[int, ...] = (0,)) -> Any:
    """Run a module in a process of its own, and return the JSON that it prints.

    Raises:
        RuntimeError: It ended with another exit status.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode not in statuses:
        raise RuntimeError(f"{module} failed; the lines above say why")
    return json.loads(output)
