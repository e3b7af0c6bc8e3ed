"""Injects the faults of a course: at the server, between, and in Home Assistant."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from bench.working_week.virtual_time import VirtualClock
from cup_simulator.deployment import NodeState
from cup_simulator.faults import Fault as ServerFault
from cup_simulator.faults import FaultKind as ServerFaultKind
from cup_simulator.faults import Garbage
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.repair import CertificateRepairFlow
from custom_components.cisco_unified_presence.repairs import async_create_fix_flow

from . import scenario, storage
from .clear_watch import ClearWatch
from .course import Fault, FaultKind
from .home_assistant import RestartableHomeAssistant
from .proxy import ServerProxy, ask
from .server import RestartableServer
from .settings import PossibleSettings
from .workday import Workday

# More would only take time.
MAX_FORGERIES = 300
# How often a person checks the repairs, and every how many seconds.
REPAIR_CHECKS = 720
BETWEEN_REPAIR_CHECKS = 5.0

type Injection = Callable[[Fault], Awaitable[None]]


class FaultInjector:
    """Injects faults and ends them again.

    Attributes:
        injected: How often each kind of fault was injected.
        last_end: When the last fault ended, in seconds of the loop.
    """

    def __init__(
        self,
        home: RestartableHomeAssistant,
        server: RestartableServer,
        workday: Workday,
        clears: ClearWatch,
        clock: VirtualClock,
    ) -> None:
        self.injected = Counter[FaultKind]()
        self.last_end = 0.0
        self._home = home
        self._server = server
        self._workday = workday
        self._clears = clears
        self._clock = clock
        self._active: list[Fault] = []
        self._running: set[asyncio.Task[None]] = set()
        self._home_lock = asyncio.Lock()
        self._server_lock = asyncio.Lock()
        self._certificate_lock = asyncio.Lock()
        self._proxies_lock = asyncio.Lock()
        self._trusts = False
        self._snapshot: tuple[storage.Snapshot, PossibleSettings] | None = None
        self._injections: dict[FaultKind, Injection] = {
            **dict.fromkeys(_OF_THE_SERVER, self._fault_in_simulator),
            **dict.fromkeys(_OF_THE_PROXIES, self._fault_in_proxies),
            FaultKind.DROP_CONNECTIONS: self._drop_connections,
            FaultKind.LOSE_SESSIONS: self._lose,
            FaultKind.LOSE_ENDPOINTS: self._lose,
            FaultKind.LOSE_SUBSCRIPTIONS: self._lose,
            FaultKind.FORGE_NOTIFICATIONS: self._forge,
            FaultKind.STOP_NODE: self._fail_node,
            FaultKind.CUT_NODE: self._fail_node,
            FaultKind.RESTART_SERVER: self._restart_server,
            FaultKind.RESTART_HOME: self._restart_home,
            FaultKind.KILL_HOME: self._restart_home,
            FaultKind.RELOAD_ENTRY: self._reload_entry,
            FaultKind.UNLOAD_ENTRY: self._unload_entry,
            FaultKind.SET_CLOCK: self._set_clock,
            FaultKind.CHANGE_CERTIFICATE: self._change_certificate,
            FaultKind.CHANGE_OPTIONS: self._change_options,
            FaultKind.SET_TIME_ZONE: self._set_time_zone,
            FaultKind.DAMAGE_STORAGE: self._damage_storage,
            FaultKind.BREAK_RECORD: self._damage_storage,
            FaultKind.RESTORE_STORAGE: self._damage_storage,
        }

    def begin(self, fault: Fault) -> None:
        """Inject a fault, and end it after its duration."""
        self.injected[fault.kind] += 1
        self._workday.note_fault()
        task = asyncio.get_running_loop().create_task(self._inject(fault), name=f"chaos {fault}")
        self._running.add(task)

    async def ended(self) -> None:
        """Wait until all faults have ended."""
        while self._running:
            running = tuple(self._running)
            await asyncio.gather(*running)
            self._running.difference_update(running)

    async def _inject(self, fault: Fault) -> None:
        await self._injections[fault.kind](fault)
        self._workday.note_fault()
        self.last_end = asyncio.get_running_loop().time()

    # At the server

    async def _fault_in_simulator(self, fault: Fault) -> None:
        server_fault = _server_fault(fault)
        simulator = self._server.simulator
        simulator.faults.add(server_fault)
        await asyncio.sleep(fault.lasts)
        server_fault.until = simulator.clock.seconds()

    async def _lose(self, fault: Fault) -> None:
        for node in self._server.simulator.deployment.nodes.values():
            match fault.kind:
                case FaultKind.LOSE_SESSIONS:
                    with self._clears.excused(late=0.0):
                        node.service.lose_sessions()
                case FaultKind.LOSE_ENDPOINTS:
                    node.service.endpoints.clear()
                case _:
                    node.service.subscriptions.clear()

    async def _fail_node(self, fault: Fault) -> None:
        failing = NodeState.CUT if fault.kind is FaultKind.CUT_NODE else NodeState.STOPPED
        async with self._server_lock:
            await self._server.simulator.set_node_state(fault.node, failing)
        await asyncio.sleep(fault.lasts)
        async with self._server_lock:
            await self._server.simulator.set_node_state(fault.node, NodeState.RUNNING)

    async def _restart_server(self, fault: Fault) -> None:
        async with self._server_lock:
            await self._server.stop()
            await asyncio.sleep(fault.lasts)
            await self._server.start()

    async def _change_certificate(self, fault: Fault) -> None:
        # One at a time: a second fault would take the first one's certificate for the trusted one.
        async with self._certificate_lock:
            trusted = self._server.certificate
            await self._show_certificate(1 - trusted)
            await asyncio.sleep(fault.lasts)
            if fault.number:
                await self._wait_for_trust()
            else:
                await self._show_certificate(trusted)

    async def _wait_for_trust(self) -> None:
        for _ in range(REPAIR_CHECKS):
            if await self._trust():
                self._trusts = True
                return
            await asyncio.sleep(BETWEEN_REPAIR_CHECKS)
        raise AssertionError("No repair issue asked whether to trust another certificate")

    async def trust_further_nodes(self) -> bool:
        """Trust the certificates of other nodes after the one of a node has changed for good.

        The client meets them later, when it sets the presence of a person homed there. Return
        whether one was trusted.
        """
        return self._trusts and await self._trust()

    async def _show_certificate(self, number: int) -> None:
        async with self._server_lock:
            await self._server.stop()
            self._server.certificate = number
            await self._server.start()

    async def _trust(self) -> bool:
        """Confirm all repair issues about certificates."""
        async with self._home_lock:
            hass = self._home.hass
            if hass is None:
                return False
            issues = [
                issue
                for issue in ir.async_get(hass).issues.values()
                if issue.domain == DOMAIN and issue.active and issue.issue_id.startswith(_TRUST)
            ]
            for issue in issues:
                flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
                assert isinstance(flow, CertificateRepairFlow)
                flow.hass, flow.data = hass, issue.data
                if (await flow.async_step_init())["type"] is FlowResultType.ABORT:
                    # The node shows no certificate at the moment.
                    return False
                await flow.async_step_confirm({})
            return bool(issues)

    # In the proxies

    async def _fault_in_proxies(self, fault: Fault) -> None:
        self._active.append(fault)
        await self._update_proxies()
        await asyncio.sleep(fault.lasts)
        self._active.remove(fault)
        if fault.kind is FaultKind.HANG:
            # What hung may be an old request.
            self._workday.touch()
        await self._update_proxies()

    async def _update_proxies(self) -> None:
        """Set the proxies according to all active faults."""
        # The lock lets the second of two simultaneous faults see the effect of both.
        async with self._proxies_lock:
            for name, proxy in self._server.proxies.items():
                here = [fault for fault in self._active if fault.node in {"", name}]
                await self._update_proxy(proxy, {fault.kind: fault for fault in here})
            await self._update_notifications({fault.kind: fault for fault in self._active})

    async def _update_proxy(self, proxy: ServerProxy, kinds: dict[FaultKind, Fault]) -> None:
        cut = kinds.get(FaultKind.CUT_ANSWERS)
        proxy.cut_at = None if cut is None else int(cut.number)
        proxy.hangs = FaultKind.HANG in kinds
        if FaultKind.REFUSE in kinds:
            await proxy.shut()
        else:
            await proxy.open()

    async def _update_notifications(self, kinds: dict[FaultKind, Fault]) -> None:
        proxy = self._server.notifications
        repeat, delay = (
            kinds.get(kind)
            for kind in (FaultKind.REPEAT_NOTIFICATIONS, FaultKind.DELAY_NOTIFICATIONS)
        )
        proxy.copies = 1 if repeat is None else int(repeat.number)
        proxy.delay = 0.0 if delay is None else delay.number
        if FaultKind.LOSE_NOTIFICATIONS in kinds:
            await proxy.shut()
        else:
            await proxy.open()

    async def _drop_connections(self, _: Fault) -> None:
        for proxy in self._server.proxies.values():
            await proxy.drop()

    async def _forge(self, fault: Fault) -> None:
        """Send forged notifications, some with the right address and some with a wrong one."""
        period = max(fault.number, fault.lasts / MAX_FORGERIES)
        end = asyncio.get_running_loop().time() + fault.lasts
        for number in count():
            if asyncio.get_running_loop().time() >= end:
                return
            with suppress(OSError):
                await ask(self._home.callback_port, _forgery(number))
            await asyncio.sleep(period)

    # In Home Assistant

    async def _restart_home(self, fault: Fault) -> None:
        async with self._home_lock:
            if fault.kind is FaultKind.KILL_HOME:
                await self._home.kill(self._cut_off)
                await self._update_proxies()
            else:
                await self._home.stop()
            await asyncio.sleep(fault.lasts)
            # Until it has started, what rules requested before stands.
            self._workday.touch()
            await self._home.start()

    async def _cut_off(self) -> None:
        async with self._proxies_lock:
            for proxy in self._server.proxies.values():
                await proxy.shut()

    async def _reload_entry(self, _: Fault) -> None:
        async with self._home_lock:
            if self._home.is_loaded and self._home.entry is not None:
                with self._clears.excused():
                    await self._home.running.config_entries.async_reload(self._home.entry.entry_id)

    async def _unload_entry(self, fault: Fault) -> None:
        async with self._home_lock:
            entry = self._home.entry
            if entry is None or not self._home.is_loaded:
                return
            entries = self._home.running.config_entries
            with self._clears.excused():
                await entries.async_unload(entry.entry_id)
            await asyncio.sleep(fault.lasts)
            if entry.state is ConfigEntryState.NOT_LOADED:
                await entries.async_setup(entry.entry_id)

    async def _set_clock(self, fault: Fault) -> None:
        self._workday.note_time()
        self._clock.set_by(fault.number)
        self._workday.note_time()

    async def _set_time_zone(self, fault: Fault) -> None:
        async with self._home_lock:
            self._workday.touch()
            await self._home.set_time_zone(fault.text)

    async def _damage_storage(self, fault: Fault) -> None:
        async with self._home_lock:
            self._workday.touch()
            await self._home.stop()
            self._change_storage(fault)
            await asyncio.sleep(fault.lasts)
            with self._clears.excused():
                await self._home.start()

    def _change_storage(self, fault: Fault) -> None:
        match fault.kind:
            case FaultKind.BREAK_RECORD:
                storage.break_record(self._home.storage, fault.text)
                self._workday.lose_settings([fault.text])
            case FaultKind.RESTORE_STORAGE:
                if self._snapshot is not None:
                    files, settings = self._snapshot
                    storage.restore(self._home.storage, files)
                    self._workday.restore_settings(settings)
            case _:
                how, name = fault.text.split()
                storage.damage(self._home.storage, how, name)
                if name == storage.RECORDS:
                    self._workday.lose_settings()
                if name == storage.PAUSES:
                    self._workday.lose_pauses()

    def save_storage(self) -> None:
        """Save the storage as it is now, so that it can be restored."""
        self._snapshot = storage.save(self._home.storage), self._workday.settings()

    async def _change_options(self, fault: Fault) -> None:
        async with self._home_lock:
            self._workday.touch()
            self._home.change_option(fault.text, fault.number)


_OF_THE_SERVER = (
    FaultKind.THROTTLE,
    FaultKind.ERROR,
    FaultKind.DELAY,
    FaultKind.GARBAGE,
    FaultKind.TRUNCATE,
)
_OF_THE_PROXIES = (
    FaultKind.CUT_ANSWERS,
    FaultKind.HANG,
    FaultKind.REFUSE,
    FaultKind.LOSE_NOTIFICATIONS,
    FaultKind.REPEAT_NOTIFICATIONS,
    FaultKind.DELAY_NOTIFICATIONS,
)
_TRUST = (Issue.CERTIFICATE_CHANGED, Issue.NODE_NOT_TRUSTED)


def _server_fault(fault: Fault) -> ServerFault:
    kind = ServerFaultKind(fault.kind)
    match fault.kind:
        case FaultKind.THROTTLE | FaultKind.ERROR:
            return ServerFault(kind, code=int(fault.number))
        case FaultKind.DELAY:
            return ServerFault(kind, delay=fault.number)
        case FaultKind.GARBAGE:
            return ServerFault(kind, garbage=Garbage(fault.text, int(fault.number), "text/html"))
        case _:
            return ServerFault(kind, length=int(fault.number))


def _forgery(number: int) -> bytes:
    secret = scenario.CALLBACK_SECRET if number % 2 else "0" * 64
    path = f"/api/webhook/{secret}" if number % 4 < 2 else f"/{secret}"
    named = ("1", "2", "3", "999999", "x", "")[number % 6]
    return f"GET {path}?id={named} HTTP/1.1\r\nHost: home\r\n\r\n".encode()
