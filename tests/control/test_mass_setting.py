"""An action for two thousand people: a few saves, no long block of the loop, little memory."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
import tracemalloc
from typing import Any, cast
from unittest.mock import patch

from homeassistant.helpers.storage import Store
import pytest

from bench.blocks import LONGEST_ALLOWED, Blocks, watched_blocks
from bench.working_week.installation import Installation
from bench.working_week.scenario import MONDAY, Week
from bench.working_week.server import ModelServer
from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from custom_components.cisco_unified_presence.actions.for_each import async_for_each
from custom_components.cisco_unified_presence.actions.targets import Target
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.store import SAVE_WITHIN
from custom_components.cisco_unified_presence.pws import Presence

PEOPLE = 2000
BUSY = RequestedPresence(Presence.BUSY, override=True)
MEGABYTE = 1_000_000

type Act = Callable[[Target], Coroutine[Any, Any, None]]


class Mass:
    """An installation with two thousand people, and what an action for all of them costs.

    Attributes:
        server: The model of the server.
        saves: How often the records were saved.
        blocks: How long callbacks took.
    """

    def __init__(self, folder: Path) -> None:
        """Prepare a run."""
        users = tuple(f"user{number}" for number in range(PEOPLE))
        self.server = ModelServer(users, lambda _presence: None)
        week = Week(users=users, rules=(), rooms=(), people=(), faults=(), end=MONDAY)
        self._installation = Installation(folder, week, self.server)
        self.reconciler = self._installation.reconciler
        self.saves = 0
        self.blocks = Blocks()

    async def set_all(self) -> None:
        """Set everybody to Busy."""
        await self._installation.start({})
        try:
            await self._measured(
                lambda target: self.reconciler.async_set_manual(target.person, BUSY, None)
            )
        finally:
            await asyncio.sleep(SAVE_WITHIN)
            await self._installation.stop()

    async def _measured(self, act: Act) -> None:
        targets = [Target(each, cast("Any", None)) for each in self._installation.people]
        save = Store.async_save

        async def counted(store: Store[Any], data: Any) -> None:
            self.saves += store.key.endswith(".kept")
            await save(store, data)

        with patch.object(Store, "async_save", counted), watched_blocks() as self.blocks:
            await async_for_each(
                self._installation.hass,
                targets,
                act,
                "not_set_for",
                beginning=self.reconciler.saving_together(),
            )


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    clock = VirtualClock(MONDAY)
    with (
        virtual_time(clock),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
    ):
        yield runner


@pytest.fixture
def many(runner: asyncio.Runner, tmp_path: Path) -> Mass:
    async def make() -> Mass:
        return Mass(tmp_path)

    return runner.run(make())


def test_setting_many_people_takes_few_saves_and_blocks_nothing(
    many: Mass, runner: asyncio.Runner
) -> None:
    runner.run(many.set_all())

    assert all(account.published == BUSY for account in many.server.accounts.values())
    assert many.saves <= 6
    assert many.blocks.longest < LONGEST_ALLOWED


def test_setting_many_people_takes_little_memory(many: Mass, runner: asyncio.Runner) -> None:
    tracemalloc.start()
    try:
        runner.run(many.set_all())
        memory = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert memory < 50 * MEGABYTE
