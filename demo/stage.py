"""Runs the server and Home Assistant together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .configuring import configure, furnish
from .interfaces import HomeAssistantApi, SimulatorControl, open_session
from .past import remember
from .processes import (
    CONTACT_LIST_PORT,
    Ports,
    Program,
    free_port,
    home_assistant,
    start_simulator,
)
from .seed import seed

START_SECONDS = 180
POLL_SECONDS = 0.1


@dataclass(slots=True)
class Stage:
    """The running server and Home Assistant."""

    home_assistant: HomeAssistantApi
    cup: SimulatorControl
    token: str
    folder: Path
    configuration: Path
    ports: Ports
    simulator: Program

    async def restart_server(self) -> None:
        """Restart the simulated server on the same ports, without its state."""
        await self.simulator.stop()
        self.simulator, _ = await start_simulator(self.configuration, self.folder, self.ports)


@asynccontextmanager
async def stage(
    folder: Path,
    configuration: Path,
    *,
    home_assistant_port: int = 0,
    ports: Ports | None = None,
    empty: bool = False,
    contact_list: bool = True,
) -> AsyncGenerator[Stage]:
    """Run both sides, the server as configured; ports of 0 mean any free ones.

    An empty Home Assistant has not been told of the server. The contact list has one port only,
    which is used if it is free and wanted.
    """
    hass_port = free_port(home_assistant_port)
    token = seed(folder, hass_port, empty=empty)
    epas = free_port(CONTACT_LIST_PORT) if contact_list else 0
    wanted = replace(ports or Ports(http=0, https=0, control=0), epas=epas)
    simulator, ports = await start_simulator(configuration, folder, wanted)
    async with open_session() as session:
        built = Stage(
            HomeAssistantApi(session, f"http://127.0.0.1:{hass_port}", token),
            SimulatorControl(session, f"http://127.0.0.1:{ports.control}"),
            token,
            folder,
            configuration,
            ports,
            simulator,
        )
        try:
            async with home_assistant(folder) as program:
                await _wait_until_running(built.home_assistant, program)
                if not empty:
                    await configure(built.home_assistant, configuration, ports)
                    await furnish(built.home_assistant)
                    await remember(folder / "home-assistant_v2.db")
                yield built
        finally:
            await built.simulator.stop()


async def _wait_until_running(api: HomeAssistantApi, program: Program) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await api.is_running():
                if program.process.returncode is not None:
                    raise RuntimeError("Home Assistant ended at its start; see output.log")
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise RuntimeError(f"Home Assistant was not up after {START_SECONDS} s") from error
