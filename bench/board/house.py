"""The demo's server with many people, and a real Home Assistant with its frontend."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import signal
from typing import Any, Final

from homeassistant.const import __version__
import yaml

from demo.configuring import configure
from demo.interfaces import HomeAssistantApi, SimulatorControl, open_session
from demo.processes import Ports

REPOSITORY: Final = Path(__file__).parents[2]
USER: Final = "user000"
ADDED_SECONDS: Final = 60
EMPTY, TILES, BOARD = "empty", "tiles", "board"

# What is on each dashboard, and how many of it with so many people.
SHOWN: Final = {EMPTY: "hui-heading-card", TILES: "hui-tile-card", BOARD: "presence-person"}


@dataclass(frozen=True, slots=True)
class House:
    """Home Assistant with a dashboard of each kind, at the address of its name."""

    home_assistant: HomeAssistantApi
    cup: SimulatorControl
    token: str
    people: int

    def count(self, dashboard: str) -> int:
        return 1 if dashboard == EMPTY else self.people


@asynccontextmanager
async def house(people: int, folder: Path) -> AsyncGenerator[House]:
    """Run a server and Home Assistant with this many people."""
    server = _written(folder, people)
    process = await asyncio.create_subprocess_exec(
        REPOSITORY / "script" / "demo",
        *("--announce", "--empty", "--home-assistant", __version__, "--server", server),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        announced = await process.stdout.readline() if process.stdout else b""
        if not announced:
            raise RuntimeError("The demo did not start; what it printed stands above")
        addresses = json.loads(announced)
        async with open_session() as session:
            api = HomeAssistantApi(session, addresses["home_assistant"], addresses["token"])
            ports = Ports(
                http=addresses["cup_http_port"], https=addresses["cup_https_port"], control=0
            )
            await configure(api, server, ports)
            await _add_dashboards(api, await _sensors(api, people))
            cup = SimulatorControl(session, addresses["cup"])
            yield House(api, cup, addresses["token"], people)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _written(folder: Path, people: int) -> Path:
    folder.mkdir()
    server = folder / "server.yaml"
    server.write_text(yaml.safe_dump(_configuration(people)))
    return server


def _configuration(people: int) -> dict[str, Any]:
    users = {
        f"user{number:03}": {"name": f"Person {number:03}", "presence": "AVAILABLE"}
        for number in range(people)
    }
    return {
        "domain": "example.com",
        "application_users": {"hass": {"password": "simulator"}},
        "people": {**users, "watcher": {"name": "Home Assistant"}},
    }


async def _sensors(api: HomeAssistantApi, people: int) -> list[str]:
    """Return the presence sensors of the people, once they are all there."""
    async with asyncio.timeout(ADDED_SECONDS):
        while True:
            first = await api.command("cisco_unified_presence/people/subscribe")
            sensors = [each["presence_entity"] for each in first["people"]]
            if len(sensors) == people and all(sensors):
                return sensors
            await asyncio.sleep(1)


async def _add_dashboards(api: HomeAssistantApi, sensors: list[str]) -> None:
    tiles = [{"type": "tile", "entity": each} for each in sensors]
    heading = {"type": "heading", "heading": "Nothing"}
    for name, config in (
        (EMPTY, _sections([heading])),
        (TILES, _sections(tiles)),
        (BOARD, {"strategy": {"type": "custom:presence-board"}}),
    ):
        path = address_of(name)
        await api.command("lovelace/dashboards/create", url_path=path, title=name, mode="storage")
        await api.command("lovelace/config/save", url_path=path, config=config)


def _sections(cards: list[dict[str, Any]]) -> dict[str, Any]:
    section = {"type": "grid", "column_span": 4, "cards": cards}
    return {"views": [{"type": "sections", "max_columns": 4, "sections": [section]}]}


def address_of(dashboard: str) -> str:
    return f"bench-{dashboard}"
