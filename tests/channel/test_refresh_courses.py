"""No news is lost, whatever fails at whichever request: the channel over the simulator's service.

The client is replaced by calls of the service, so that faults can be put before and after every
request. Time is virtual.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
import json
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from homeassistant.core import CoreState
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from cup_simulator.clock import ManualClock
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.deployment import Deployment
from cup_simulator.errors import PresenceServiceError as ServiceError
from cup_simulator.model import Presence as ServicePresence
from cup_simulator.model import Status
from cup_simulator.sessions import Session
from cup_simulator.subscriptions import Endpoint, Subscription
from custom_components.cisco_unified_presence.channel import (
    Callback as CallbackPlace,
)
from custom_components.cisco_unified_presence.channel import (
    Eventing,
    OrphanStore,
    Poller,
    PresenceReader,
    WatchersSubscription,
    eventing,
    subscription,
)
from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan_input import TimerFired
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import Watcher
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    Presence,
    PresenceServiceError,
    ServerFailed,
)
from custom_components.cisco_unified_presence.settings import Intervals
from tests.common.people import people

USERS = ("anna", "ben", "clara")
CONTACTS = tuple(f"{user}@example.com" for user in USERS)
ERRORS: Mapping[int, type[NoSuchEndpoint | NoSuchSubscription | NoFreeSubscription]] = {
    132: NoSuchEndpoint,
    133: NoSuchSubscription,
    139: NoFreeSubscription,
}
# Longer than all retries and the fetch of the minute, and no full refresh among it.
HEALED_WITHIN = 300.0


class Fault(StrEnum):
    """What happens to a request."""

    REQUEST_LOST = auto()
    ANSWER_LOST = auto()
    REFUSED = auto()
    NO_FREE_SUBSCRIPTION = auto()
    SUBSCRIPTIONS_LOST = auto()
    CALLS_LOST = auto()
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()


class Killed(BaseException):
    """Home Assistant is killed while it waits for an answer."""


type Change = tuple[str, ServicePresence]


class Server:
    """The simulator's service in the place of the client, with faults and changes by request."""

    is_on_primary = True

    def __init__(
        self, faults: Mapping[int, Fault], before: Mapping[int, Change], after: Mapping[int, Change]
    ) -> None:
        configuration = Configuration(
            domain="example.com",
            application_users={"hass": ApplicationUser("secret")},
            people=tuple(ConfiguredPerson(user, user) for user in (*USERS, "watcher")),
        )
        deployment = Deployment(configuration, ManualClock(), self._notify)
        self.service = deployment.first.service
        self.on_call: Callable[[int], object] = lambda _number: None
        self.requests = 0
        self._faults = dict(faults)
        self._before = before
        self._after = after
        self._calls_are_lost = False
        self.log_in()

    def log_in(self) -> Session:
        application = self.service.login_application("hass", "secret", force=False)
        self._application = application
        session = self.service.login_end_user(application, "watcher", force=False)
        assert isinstance(session, Session)
        self._watcher = session
        return session

    def heal(self) -> None:
        self._faults.clear()
        self._calls_are_lost = False

    def truth(self) -> dict[str, str]:
        return {
            contact: self.service.people.shown(self.service.people[user]).status.presence.value
            for user, contact in zip(USERS, CONTACTS, strict=True)
        }

    def choose(self, change: Change) -> None:
        user, presence = change
        self.service.people.choose_by_hand(self.service.people[user], Status(presence), "jabber")

    def _notify(self, _endpoint: Endpoint, made: Subscription) -> None:
        if not self._calls_are_lost:
            asyncio.get_running_loop().call_soon(lambda: self.on_call(made.id))

    async def _request[T](self, act: Callable[[], T]) -> T:
        number = self.requests
        self.requests += 1
        fault = self._faults.get(number)
        if change := self._before.get(number):
            self.choose(change)
        await asyncio.sleep(0.01)
        self._fail_before(fault)
        try:
            result = act()
        except ServiceError as error:
            raise ERRORS.get(error.code, ServerFailed)(error.code) from error
        await asyncio.sleep(0.01)
        if change := self._after.get(number):
            self.choose(change)
        if fault is Fault.ANSWER_LOST:
            raise AnswerLost
        if fault is Fault.KILLED_AFTER:
            raise Killed
        return result

    def _fail_before(self, fault: Fault | None) -> None:
        match fault:
            case Fault.REQUEST_LOST:
                raise CannotConnect(ConnectFailure.TIMED_OUT)
            case Fault.REFUSED:
                raise ServerFailed(200)
            case Fault.NO_FREE_SUBSCRIPTION:
                raise NoFreeSubscription(139)
            case Fault.SUBSCRIPTIONS_LOST:
                self.service.subscriptions.clear()
            case Fault.CALLS_LOST:
                self._calls_are_lost = True
            case Fault.KILLED_BEFORE:
                raise Killed

    async def register_endpoint(self, url: str, expiry: int, *, watcher: str) -> int:  # noqa: ARG002 (the client's)
        made = await self._request(
            lambda: self.service.register_endpoint(self._application, url, expiry)
        )
        return made.id

    async def unregister_endpoint(self, endpoint: int) -> None:
        await self._request(lambda: self.service.unregister_endpoint(self._application, endpoint))

    async def subscribe(
        self, _watcher: str, contacts: list[str], endpoint: int, expiry: int
    ) -> int:
        made = await self._request(
            lambda: self.service.subscribe(self._watcher, endpoint, contacts, expiry)
        )
        return made.id

    async def unsubscribe(self, _watcher: str, number: int) -> None:
        await self._request(lambda: self.service.unsubscribe(self._watcher, number))

    async def fetch(self, _watcher: str, number: int, **_: object) -> list[ContactPresence]:
        seen = await self._request(lambda: self.service.fetch(self._watcher, number))
        return [_read(each) for each in seen]

    async def poll_contacts(
        self, _watcher: str, contacts: list[str], **_: object
    ) -> list[ContactPresence]:
        seen = await self._request(lambda: self.service.poll_contacts(self._watcher, contacts))
        return [_read(each) for each in seen]

    def contacts_per_poll(self, _watcher: str) -> int:
        return 200

    async def log_in_user(self, _watcher: str) -> None:
        await self._request(self.log_in)

    async def log_out_user(self, _watcher: str) -> None:
        await self._request(lambda: self.service.logout(self._watcher))
        self.log_in()

    async def check_sessions(self) -> None:
        pass


def _read(seen: Any) -> ContactPresence:
    presence = seen.shown.status.presence.value if seen.shown else "UNKNOWN"
    return ContactPresence(seen.contact, Presence(presence))


class Memory:
    """A file in storage."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}

    async def async_load(self) -> dict[str, Any]:
        return self.data

    async def async_save(self, data: dict[str, Any]) -> None:
        self.data = json.loads(json.dumps(data))

    async def async_remove(self) -> None:
        self.data = {}


class MemoryOrphans(OrphanStore):
    """Stores orphans in memory."""

    def __init__(self, memory: Memory) -> None:
        self._store = cast("Any", memory)


class Run:
    """One run of the channel, from a start of Home Assistant to a kill."""

    def __init__(self, server: Server, memory: Memory) -> None:
        loop = asyncio.get_running_loop()
        self._tasks: list[asyncio.Task[None]] = []
        self._server = server
        self._store = MemoryOrphans(memory)
        self.killed = False
        hass = SimpleNamespace(
            loop=loop,
            state=CoreState.running,
            async_run_hass_job=lambda job, *args, **_: job.target(*args),
        )
        entry = SimpleNamespace(async_create_background_task=self._create_task)
        client = cast("Any", server)
        self.coordinator = PresenceCoordinator("cup", people(*CONTACTS))
        reader = PresenceReader(client, "watcher", rich=False, on_not_understood=lambda _: None)
        poller = Poller(reader, self.coordinator)
        self.subscription = WatchersSubscription(
            client,
            reader,
            self.coordinator,
            self._store,
            poller,
            watcher=Watcher(user="watcher", contact="watcher@example.com"),
            callback_url=lambda: "http://callback/",
        )
        self.eventing = Eventing(
            cast("Any", hass),
            cast("Any", entry),
            self.coordinator,
            self.subscription,
            poller,
            Intervals(poll=timedelta(seconds=60), full_refresh=timedelta(days=1)),
            news_expected=lambda: 0,
        )

    def _create_task(
        self, _hass: object, work: Coroutine[Any, Any, None], _name: str
    ) -> asyncio.Task[None]:
        async def until_killed() -> None:
            try:
                await work
            except Killed:
                self.killed = True

        task = asyncio.get_running_loop().create_task(until_killed(), name="channel")
        self._tasks.append(task)
        return task

    async def start(self) -> None:
        self._server.on_call = self.eventing.async_handle_notification
        place = cast("CallbackPlace", SimpleNamespace(url="", needs_running_home_assistant=False))
        while True:
            try:
                await self._store.async_clean_up(cast("Any", self._server), "watcher")
                await self.eventing.async_start(place)
            except PresenceServiceError:
                # Home Assistant tries again.
                await asyncio.sleep(5)
            else:
                return

    def refresh(self) -> None:
        self.eventing._handle(TimerFired(Timer.FULL_REFRESH))

    def picture(self) -> dict[str, str]:
        seen = {contact: self.coordinator.presence_of(contact) for contact in CONTACTS}
        return {contact: each.presence.value for contact, each in seen.items() if each}

    async def kill(self) -> None:
        self._server.on_call = lambda _number: None
        self.eventing._timers.async_cancel_all()
        for task in self._tasks:
            task.cancel()
        with suppress(Killed):
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def course(
    steps: Sequence[Change | None],
    faults: Mapping[int, Fault],
    before: Mapping[int, Change],
    after: Mapping[int, Change],
) -> None:
    """Start, change or refresh (None) among faults and changes, and check what is left of them."""
    server, memory = Server({}, before, after), Memory()
    run = Run(server, memory)
    await run.start()
    await asyncio.sleep(1)
    server.requests = 0
    server._faults = dict(faults)
    for step in steps:
        if step is None:
            run.refresh()
        else:
            server.choose(step)
        await asyncio.sleep(15)
        if run.killed:
            await run.kill()
            server.heal()
            run = Run(server, memory)
            await run.start()
    server.heal()
    await asyncio.sleep(HEALED_WITHIN)
    assert run.picture() == server.truth()
    server.choose(("anna", ServicePresence.VACATION))
    await asyncio.sleep(1)
    assert run.picture() == server.truth()

    # What answers that were lost have left is removed by the next start.
    await run.kill()
    run = Run(server, memory)
    await run.start()
    await asyncio.sleep(1)
    assert len(list(server.service.subscriptions)) == 2
    assert run.picture() == server.truth()
    await run.kill()


numbers = st.integers(0, 11)
changes = st.tuples(
    st.sampled_from(USERS),
    st.sampled_from(
        [ServicePresence.BUSY, ServicePresence.AWAY, ServicePresence.DND, ServicePresence.AVAILABLE]
    ),
)


@given(
    st.lists(st.none() | changes, min_size=1, max_size=5),
    st.dictionaries(numbers, st.sampled_from(Fault), max_size=4),
    st.dictionaries(numbers, changes, max_size=6),
    st.dictionaries(numbers, changes, max_size=6),
)
@example([("anna", ServicePresence.BUSY)], {0: Fault.ANSWER_LOST}, {}, {})
@example([None], {0: Fault.ANSWER_LOST, 1: Fault.CALLS_LOST}, {}, {1: ("ben", ServicePresence.DND)})
@example([None], {0: Fault.KILLED_AFTER}, {}, {})
@settings(max_examples=150, deadline=None)
def test_no_news_is_lost(
    steps: list[Change | None],
    faults: dict[int, Fault],
    before: dict[int, Change],
    after: dict[int, Change],
) -> None:
    clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))
    with (
        virtual_time(clock),
        patch.object(eventing, "async_raise_issue"),
        patch.object(eventing, "async_clear_issues"),
        patch.object(subscription, "MAX_CONTACTS", 2),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
    ):
        runner.run(course(steps, faults, before, after))
