"""The simulator as a whole: one service, its ports, and the passing of time."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
import logging
from pathlib import Path
import tempfile
from typing import Self

from .certificate import server_context
from .changes import Changes
from .clock import Clock, SystemClock
from .configuration import DEFAULT, Configuration
from .control import Control
from .faults import FaultKind, Faults
from .front import PresenceFront
from .listening import Address, Listener, ListenError
from .notifier import Notifier
from .request_log import RequestLog
from .state import PresenceService

_LOGGER = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ports:
    """The three ports; 0 takes a free one."""

    http: int = 0
    https: int = 0
    control: int = 0


FREE_PORTS = Ports()


class Simulator:
    """A CUP server in this process, to be used as an asynchronous context.

    `ports` has the ports that were chosen. The certificate is kept in `tls_dir`; without
    one it lives as long as the simulator. Entering raises ListenError when a port is
    taken and CertificateError when `tls_dir` cannot be used.
    """

    def __init__(
        self,
        configuration: Configuration = DEFAULT,
        ports: Ports = FREE_PORTS,
        *,
        host: str = LOOPBACK,
        control_host: str = LOOPBACK,
        tls_dir: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Prepare a server that is not listening yet."""
        self.ports = ports
        self.clock = clock or SystemClock()
        self.faults = Faults(self.clock)
        self.log = RequestLog()
        self.changes = Changes()
        self.notifier = Notifier(self.faults, configuration.refused_ports)
        self.service = PresenceService(configuration, self.clock, self.notifier.notify)
        self._host = host
        self._control_host = control_host
        self._tls_dir = tls_dir
        self._running = AsyncExitStack()
        self._door = asyncio.Lock()
        self._presence_ports: Listener

    @property
    def tls_dir(self) -> Path:
        """The directory of the certificate."""
        if self._tls_dir is None:
            raise RuntimeError("The simulator has not been started.")
        return self._tls_dir

    async def __aenter__(self) -> Self:
        """Listen on all ports."""
        async with AsyncExitStack() as stack:
            if self._tls_dir is None:
                self._tls_dir = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            await stack.enter_async_context(self.notifier)
            self._presence_ports = self._presence_listener(self._tls_dir)
            control = self._control_listener()
            for listener in (self._presence_ports, control):
                await listener.open()
                stack.push_async_callback(listener.close)
            self.ports = Ports(*self._presence_ports.ports, *control.ports)
            ticking = asyncio.create_task(self._tick())
            stack.push_async_callback(_cancel, ticking)
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and let go of everything."""
        await self._running.aclose()

    async def obey_faults(self) -> None:
        """Shut the ports of the presence service, or open them, as the faults say."""
        async with self._door:
            refuse = self.faults.is_active(FaultKind.REFUSE_CONNECTIONS)
            if refuse and self._presence_ports.is_open:
                await self._presence_ports.close()
            elif not refuse and not self._presence_ports.is_open:
                await self._presence_ports.open()

    def _presence_listener(self, tls_dir: Path) -> Listener:
        front = PresenceFront(
            self.service,
            faults=self.faults,
            log=self.log,
            clock=self.clock,
            on_change=self.changes.announce,
        )
        return Listener(
            front.application,
            Address(self._host, self.ports.http),
            Address(self._host, self.ports.https, server_context(tls_dir, self._host)),
        )

    def _control_listener(self) -> Listener:
        control = Control(
            self.service,
            faults=self.faults,
            log=self.log,
            clock=self.clock,
            changes=self.changes,
            obey_faults=self.obey_faults,
            host=self._control_host,
        )
        return Listener(control.application, Address(self._control_host, self.ports.control))

    async def _tick(self) -> None:
        """Let expiries and the ends of faults come about when nobody asks."""
        complained = False
        while True:
            await self.clock.sleep(TICK_SECONDS)
            if self.service.expire():
                self.changes.announce()
            try:
                await self.obey_faults()
            except ListenError as error:
                if not complained:
                    _LOGGER.warning("%s Trying again every second.", error)
                complained = True
            else:
                complained = False


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
