"""The two processes of the demo: the simulated server and Home Assistant."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import json
import os
from pathlib import Path
import random
import socket
import sys

from .seed import REPOSITORY

STOP_SECONDS = 30
CONTACT_LIST_PORT = 8443
# Home Assistant listens seconds after its port is chosen; outgoing connections begin above these.
LISTENING_PORTS = range(15_000, 32_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the simulated server listens."""

    http: int
    https: int
    control: int
    epas: int = 0

    @property
    def offers_contact_list(self) -> bool:
        """Whether Home Assistant finds the contact list: it looks at the usual port."""
        return self.epas == CONTACT_LIST_PORT


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs until it is stopped."""

    name: str
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """End it, and wait until it has.

        Raises:
            RuntimeError: It did not end as it should.
        """
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(STOP_SECONDS):
            code = await self.process.wait()
        if code != 0:
            raise RuntimeError(f"{self.name} ended with exit code {code}")


async def start_simulator(
    configuration: Path, folder: Path, wanted: Ports
) -> tuple[Program, Ports]:
    """Start the simulated server; port 0 is any free port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cup_simulator", "--config", configuration, "--announce"),
        *("--host", "127.0.0.1", "--tls-dir", folder / "tls", "--log-level", "warning"),
        *("--http-port", str(wanted.http), "--https-port", str(wanted.https)),
        *("--control-port", str(wanted.control), "--epas-port", str(wanted.epas)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    announcement = await process.stdout.readline() if process.stdout else b""
    if not announcement:
        raise RuntimeError("The simulator did not start; the lines above say why")
    announced = json.loads(announcement)
    ports = Ports(
        http=announced["http_port"],
        https=announced["https_port"],
        control=announced["control_port"],
        epas=announced["epas_port"],
    )
    return Program("The simulator", process), ports


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncGenerator[Program]:
    """Run Home Assistant with the configuration in a folder."""
    environment = os.environ | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        # Byte code makes the start three times as fast; it stays out of the source tree.
        "PYTHONPYCACHEPREFIX": str(REPOSITORY / ".cache" / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (folder / "output.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(Path(sys.executable).with_name("hass"), "--config", folder, "--log-no-color"),
            # script/setup has installed everything.
            "--skip-pip",
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        program = Program("Home Assistant", process)
        try:
            yield program
        except BaseException:
            # It says what went wrong, which the way the program ends does not.
            with suppress(RuntimeError):
                await program.stop()
            raise
        await program.stop()


def free_port(preferred: int = 0) -> int:
    """Return the preferred port if it is free, else one that no outgoing connection takes."""
    for port in (preferred, *random.sample(LISTENING_PORTS, len(LISTENING_PORTS))):
        if port and _is_free(port):
            return port
    raise RuntimeError("This machine has no free port left")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
