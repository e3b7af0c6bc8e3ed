"""Starts an entry in a process of its own, so that its memory and time can be measured."""

import asyncio
import gc
import json
import logging
import os
from pathlib import Path
import sys
import time
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS, Integration

from . import bare_entities
from .blocks import watched_blocks
from .core import add_entry, entry_of, home_assistant, server_entry
from .population import OURS, Population
from .serving import NodeAt

BARE = "bare"
MIB = 1024 * 1024
PATIENCE_SECONDS = 120


async def start(order: dict[str, Any]) -> dict[str, float]:
    """Start an entry, and return its cost.

    Args:
        order: ``kind`` ("bare" for entities without a server), ``people``, ``everything``
            (whether with all entities that a person who is watched can have), and for the
            integration ``folder`` and ``ports`` of the node; ``home`` is an empty folder.
    """
    async with home_assistant(Path(order["home"])) as hass:
        entry = _entry(hass, order)
        gc.collect()
        before, began, computed = _memory(), time.perf_counter(), time.process_time()
        with watched_blocks() as blocks:
            await add_entry(hass, entry)
            await _until_complete(hass, order["people"])
            seconds = time.perf_counter() - began
            computed = time.process_time() - computed
            await hass.async_block_till_done()
        gc.collect()
        return {
            "seconds": seconds,
            "computed": computed,
            "memory": (_memory() - before) / MIB,
            "longest": blocks.longest,
        }


def _entry(hass: HomeAssistant, order: dict[str, Any]) -> ConfigEntry:
    people = int(order["people"])
    if order["kind"] != BARE:
        return server_entry(
            NodeAt(Population(people), Path(order["folder"]), order["ports"]),
            order["scheme"],
            rich_presence=order["everything"],
        )
    folder = Path(bare_entities.__file__).parent
    manifest = json.loads((folder / "manifest.json").read_text())
    domain = bare_entities.DOMAIN
    integration = Integration(
        hass, bare_entities.__name__, folder, manifest, {each.name for each in folder.iterdir()}
    )
    known = hass.data.setdefault(DATA_CUSTOM_COMPONENTS, {})
    known[domain] = integration  # type: ignore[index] # the list is there once it is loaded
    return entry_of(
        domain,
        Population(people).watched_by(OURS),
        data={},
        options={"everything": order["everything"]},
    )


async def _until_complete(hass: HomeAssistant, people: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            states = (state.state for state in hass.states.async_all("sensor"))
            if sum(state == "available" for state in states) >= people:
                return
            await asyncio.sleep(0.01)


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    sys.stdout.write(json.dumps(asyncio.run(start(json.loads(sys.argv[1])))))
