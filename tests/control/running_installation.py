"""An installation to which anything may happen: its clock, its server, its starts and ends.

The reconciler, the rules, Home Assistant's conditions, timers and storage are real; time and the
server are the working week's (``bench/working_week``).
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
import json
from pathlib import Path
import shutil
import tempfile
from typing import Any

from homeassistant.util import dt as dt_util
from hypothesis.stateful import RuleBasedStateMachine

from bench.working_week.installation import Installation
from bench.working_week.scenario import MONDAY, Act, PersonStep, PlannedRule, Week
from bench.working_week.server import ModelServer
from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import ContactPresence
from tests.control.expected_rules import ExpectedDoors, ExpectedGroups

USERS = ("anna", "ben")
GROUPS = ("team", "desk")
ROOMS = 3
TELLING = 0.2
POLLING = 60.0
UNDER_WAY = 1.0
NOTICED = 61.0
# Longer than a poll, a repetition, `for` or `hold`, and the write rate together.
REST = 600.0


class RunningInstallation(RuleBasedStateMachine):
    """Runs an installation, and knows what was done to it."""

    def __init__(self) -> None:
        """Begin on Monday morning, with all rooms empty."""
        super().__init__()
        self.clean_up = ExitStack()
        self._folder = Path(self.clean_up.enter_context(tempfile.TemporaryDirectory(prefix="any-")))
        self._clock = VirtualClock(MONDAY + timedelta(hours=9))
        self.clean_up.enter_context(virtual_time(self._clock))
        self._runner = self.clean_up.enter_context(
            asyncio.Runner(loop_factory=lambda: VirtualLoop(self._clock))
        )
        self._silent = False
        self._steady_since = 0.0
        self._jumped = timedelta()
        self._jumped_at = -NOTICED
        # A jump that is not noticed before a kill: see test_sequences_with_clock_jumps.py.
        self._may_mistake_expiry = False
        self.server = ModelServer(USERS, self._tell)
        self.installation: Installation | None = None
        self.rooms = {f"binary_sensor.room_{number}": "off" for number in range(ROOMS)}
        self.off: set[int] = set()
        self.doors = ExpectedDoors(USERS, range(ROOMS))
        self.groups = ExpectedGroups(USERS, dict.fromkeys(GROUPS, ()))
        self.server.on_write = self._expect_stored
        # Writes that the store did not know of when they were sent.
        self.not_stored: list[str] = []
        # How often each account was written to by actions.
        self.by_hand: dict[str, set[float]] = {user: set() for user in USERS}
        # What may be set for a person, each with its end; more than one after a failure.
        self.manual: dict[str, list[tuple[RequestedPresence | None, datetime | None]]] = {}
        self.may_be_overruled: set[str] = set()
        # A logout that has failed is not repeated by another run of Home Assistant.
        self.may_linger: set[str] = set()
        self._poll: asyncio.Task[None] | None = None

    def prepare(self, planned: tuple[PlannedRule, ...], groups: Sequence[tuple[str, ...]]) -> None:
        """Start Home Assistant with these rules and groups."""
        for name, members in zip(GROUPS, groups, strict=True):
            self.groups.put(name, members)
        self.week = Week(
            users=USERS,
            rules=planned,
            rooms=(),
            people=(),
            faults=(),
            end=MONDAY,
            groups=self.groups.words,
        )
        self.manual = {user: [(None, None)] for user in USERS}
        self._run(self._open())

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    def _rule_id(self, number: int | None) -> str | None:
        return None if number is None else self.week.rules[number].id

    def _in_order(self) -> list[PlannedRule]:
        order: dict[str, int] = getattr(self, "order", {})
        return sorted(self.week.rules, key=lambda each: order.get(each.id, each.number))

    def _steady_from_now(self) -> None:
        # What was under way may arrive after it.
        self._steady_since = self._clock.elapsed + UNDER_WAY

    async def _open(self) -> None:
        self._steady_from_now()
        week = replace(self.week, groups=self.groups.words)
        self.installation = Installation(self._folder, week, self.server)
        await self.installation.start(self.rooms)
        await self.installation.follow(self._in_order())
        self._poll = asyncio.create_task(self._watch())

    async def _close(self) -> None:
        installation, self.installation = self.installation, None
        assert installation
        assert self._poll
        self._poll.cancel()
        with suppress(asyncio.CancelledError):
            await self._poll
        for user, account in self.server.accounts.items():
            if account.session is not None and account.published is None:
                self.may_linger.add(user)
        await installation.stop()

    async def _kill(self, after: float, step: PersonStep | None = None) -> bool:
        """Kill Home Assistant so many seconds later; tell whether the step was confirmed."""
        installation, self.installation = self.installation, None
        assert installation
        assert self._poll
        acting = asyncio.create_task(installation.act(step)) if step else None
        await asyncio.sleep(after)
        confirmed = acting is not None and acting.done() and acting.result()
        on_disk = tempfile.mkdtemp(dir=self._folder.parent)
        shutil.copytree(self._folder, on_disk, dirs_exist_ok=True)
        self._poll.cancel()
        if acting:
            acting.cancel()
        await installation.kill()
        await asyncio.wait([self._poll, *([acting] if acting else [])])
        shutil.rmtree(self._folder)
        shutil.move(on_disk, self._folder)
        if self._clock.elapsed - self._jumped_at < NOTICED:
            self._may_mistake_expiry = True
        return confirmed

    def _expect_stored(self, user: str) -> None:
        stored = self._folder / ".storage" / f"{DOMAIN}.week.kept"
        records = json.loads(stored.read_text())["data"] if stored.exists() else {}
        if not records.get(self.server.contact(user), {}).get("unsure"):
            self.not_stored.append(user)

    async def _sense(self, number: int) -> None:
        room = self.week.rules[number].room
        if self.installation:
            self.installation.hass.states.async_set(room, self.rooms[room])

    def _act(
        self, user: str, act: Act, presence: str = "busy", lasts: timedelta | None = None
    ) -> bool:
        assert self.installation
        step = PersonStep(at=dt_util.utcnow(), user=user, act=act, presence=presence, lasts=lasts)
        account = self.server.accounts[user]
        before = len(account.written)
        succeeded = self._run(self.installation.act(step))
        self.by_hand[user].update(account.written[before:])
        return succeeded

    def _tell(self, presence: ContactPresence) -> None:
        if not self._silent and self.server.up:
            self._runner.get_loop().call_later(TELLING, self._see, presence)

    def _see(self, presence: ContactPresence) -> None:
        if self.installation:
            self.installation.see([self.server.seen(presence.contact.partition("@")[0])])

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLLING)
            self.server.expire()
            if self.installation and self.server.up and not self._silent:
                self.installation.see(self.server.all_contacts())

    def _in(self, word: str) -> frozenset[str]:
        """Return who is meant by Home Assistant, which the expectation knows as well."""
        assert self.installation
        meant = self.installation.people_called(word)
        assert meant == self.groups.people([word])
        return meant

    def _in_scope(self, word: str | None) -> frozenset[str] | None:
        return self._in(word) if word else None
