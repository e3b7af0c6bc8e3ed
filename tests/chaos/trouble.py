"""Makes go wrong what a course says: at the server, on the way, and in Home Assistant."""

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

from . import cast
from .course import Fault, FaultKind
from .house import House
from .office import Office
from .people import People
from .proxy import ServerProxy, ask

# More tell nothing new, and take the machine's time.
MOST_FORGERIES = 300
# A person looks among the repairs so often, and so many times.
LOOKS_AT_REPAIRS = 720
BETWEEN_LOOKS = 5.0

type Happening = Callable[[Fault], Awaitable[None]]


class Trouble:
    """Everything that goes wrong.

    Attributes:
        struck: How often each kind of fault has struck.
        last_end: When the last one was over, in seconds of the loop.
    """

    def __init__(self, house: House, office: Office, people: People, clock: VirtualClock) -> None:
        """Let all be well."""
        self.struck = Counter[FaultKind]()
        self.last_end = 0.0
        self._house = house
        self._office = office
        self._people = people
        self._clock = clock
        self._active: list[Fault] = []
        self._running: set[asyncio.Task[None]] = set()
        self._home = asyncio.Lock()
        self._server = asyncio.Lock()
        self._certificate = asyncio.Lock()
        self._ways = asyncio.Lock()
        self._trusts = False
        self._happenings: dict[FaultKind, Happening] = {
            **dict.fromkeys(_AT_THE_SERVER, self._misbehave),
            **dict.fromkeys(_ON_THE_WAY, self._break_the_way),
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
        }

    def begin(self, fault: Fault) -> None:
        """Let something go wrong, and be right again when its time is over."""
        self.struck[fault.kind] += 1
        task = asyncio.get_running_loop().create_task(self._happen(fault), name=f"chaos {fault}")
        self._running.add(task)

    async def ended(self) -> None:
        """Return when all that went wrong is over."""
        while self._running:
            running = tuple(self._running)
            await asyncio.gather(*running)
            self._running.difference_update(running)

    async def _happen(self, fault: Fault) -> None:
        await self._happenings[fault.kind](fault)
        self.last_end = asyncio.get_running_loop().time()

    # At the server

    async def _misbehave(self, fault: Fault) -> None:
        told = _server_fault(fault)
        simulator = self._office.simulator
        simulator.faults.add(told)
        await asyncio.sleep(fault.lasts)
        told.until = simulator.clock.seconds()

    async def _lose(self, fault: Fault) -> None:
        for node in self._office.simulator.deployment.nodes.values():
            match fault.kind:
                case FaultKind.LOSE_SESSIONS:
                    node.service.lose_sessions()
                case FaultKind.LOSE_ENDPOINTS:
                    node.service.endpoints.clear()
                case _:
                    node.service.subscriptions.clear()

    async def _fail_node(self, fault: Fault) -> None:
        failing = NodeState.CUT if fault.kind is FaultKind.CUT_NODE else NodeState.STOPPED
        async with self._server:
            await self._office.simulator.set_node_state(fault.node, failing)
        await asyncio.sleep(fault.lasts)
        async with self._server:
            await self._office.simulator.set_node_state(fault.node, NodeState.RUNNING)

    async def _restart_server(self, fault: Fault) -> None:
        async with self._server:
            await self._office.stop()
            await asyncio.sleep(fault.lasts)
            await self._office.start()

    async def _change_certificate(self, fault: Fault) -> None:
        # One after the other: what one has put in place of the trusted one is not for another to
        # put back.
        async with self._certificate:
            trusted = self._office.certificate
            await self._show_certificate(1 - trusted)
            await asyncio.sleep(fault.lasts)
            if fault.number:
                await self._wait_for_trust()
            else:
                await self._show_certificate(trusted)

    async def _wait_for_trust(self) -> None:
        for _ in range(LOOKS_AT_REPAIRS):
            if await self._trust():
                self._trusts = True
                return
            await asyncio.sleep(BETWEEN_LOOKS)
        raise AssertionError("Nobody was asked whether to trust another certificate")

    async def trust_further_nodes(self) -> bool:
        """Trust what other nodes show when one has another certificate that came to stay.

        They are met later, when somebody who is homed there is held. Tell whether one was trusted.
        """
        return self._trusts and await self._trust()

    async def _show_certificate(self, number: int) -> None:
        async with self._server:
            await self._office.stop()
            self._office.certificate = number
            await self._office.start()

    async def _trust(self) -> bool:
        """Trust whatever the repair issues show, as a person does who has asked about it."""
        async with self._home:
            hass = self._house.hass
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
                    # The node shows none at the moment.
                    return False
                await flow.async_step_confirm({})
            return bool(issues)

    # On the way

    async def _break_the_way(self, fault: Fault) -> None:
        self._active.append(fault)
        await self._set_ways()
        await asyncio.sleep(fault.lasts)
        self._active.remove(fault)
        await self._set_ways()

    async def _set_ways(self) -> None:
        """Have the proxies do what all faults together say."""
        # Of two faults that begin or end at the same time, the second one sees what both say.
        async with self._ways:
            for name, proxy in self._office.proxies.items():
                here = [fault for fault in self._active if fault.node in {"", name}]
                await self._set_way(proxy, {fault.kind: fault for fault in here})
            await self._set_notifications({fault.kind: fault for fault in self._active})

    async def _set_way(self, proxy: ServerProxy, kinds: dict[FaultKind, Fault]) -> None:
        cut = kinds.get(FaultKind.CUT_ANSWERS)
        proxy.cut_at = None if cut is None else int(cut.number)
        proxy.hangs = FaultKind.HANG in kinds
        if FaultKind.REFUSE in kinds:
            await proxy.shut()
        else:
            await proxy.open()

    async def _set_notifications(self, kinds: dict[FaultKind, Fault]) -> None:
        way = self._office.notifications
        repeat, delay = (
            kinds.get(kind)
            for kind in (FaultKind.REPEAT_NOTIFICATIONS, FaultKind.DELAY_NOTIFICATIONS)
        )
        way.copies = 1 if repeat is None else int(repeat.number)
        way.delay = 0.0 if delay is None else delay.number
        if FaultKind.LOSE_NOTIFICATIONS in kinds:
            await way.shut()
        else:
            await way.open()

    async def _drop_connections(self, _: Fault) -> None:
        for proxy in self._office.proxies.values():
            await proxy.drop()

    async def _forge(self, fault: Fault) -> None:
        """Call Home Assistant as somebody who has overheard the address, and as one who has not."""
        period = max(fault.number, fault.lasts / MOST_FORGERIES)
        end = asyncio.get_running_loop().time() + fault.lasts
        for number in count():
            if asyncio.get_running_loop().time() >= end:
                return
            with suppress(OSError):
                await ask(self._house.callback_port, _forgery(number))
            await asyncio.sleep(period)

    # In Home Assistant

    async def _restart_home(self, fault: Fault) -> None:
        async with self._home:
            if fault.kind is FaultKind.KILL_HOME:
                await self._house.kill(self._cut_off)
                await self._set_ways()
            else:
                await self._house.stop()
            await asyncio.sleep(fault.lasts)
            await self._house.start()

    async def _cut_off(self) -> None:
        async with self._ways:
            for proxy in self._office.proxies.values():
                await proxy.shut()

    async def _reload_entry(self, _: Fault) -> None:
        async with self._home:
            if self._house.is_loaded and self._house.entry is not None:
                await self._house.running.config_entries.async_reload(self._house.entry.entry_id)

    async def _unload_entry(self, fault: Fault) -> None:
        async with self._home:
            entry = self._house.entry
            if entry is None or not self._house.is_loaded:
                return
            entries = self._house.running.config_entries
            await entries.async_unload(entry.entry_id)
            await asyncio.sleep(fault.lasts)
            if entry.state is ConfigEntryState.NOT_LOADED:
                await entries.async_setup(entry.entry_id)

    async def _set_clock(self, fault: Fault) -> None:
        self._people.note_time()
        self._clock.set_by(fault.number)
        self._people.note_time()


_AT_THE_SERVER = (
    FaultKind.THROTTLE,
    FaultKind.ERROR,
    FaultKind.DELAY,
    FaultKind.GARBAGE,
    FaultKind.TRUNCATE,
)
_ON_THE_WAY = (
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
    secret = cast.CALLBACK_SECRET if number % 2 else "0" * 64
    path = f"/api/webhook/{secret}" if number % 4 < 2 else f"/{secret}"
    named = ("1", "2", "3", "999999", "x", "")[number % 6]
    return f"GET {path}?id={named} HTTP/1.1\r\nHost: home\r\n\r\n".encode()
