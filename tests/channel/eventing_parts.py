"""A live channel without a server: its subscription, and all that it is made of."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.channel import Callback, Eventing, Poller
from custom_components.cisco_unified_presence.channel.subscription import WatchersSubscription
from custom_components.cisco_unified_presence.const import DOMAIN, Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import PresenceServiceError
from custom_components.cisco_unified_presence.settings import Intervals
from tests.common.entry import SECRET
from tests.common.people import people

INTERVALS = Intervals(timedelta(seconds=60), timedelta(seconds=900))


class Place:
    """A callback."""

    url = "http://ha.example.com/webhook"

    def __init__(self, *, needs_running: bool = False) -> None:
        self.needs_running_home_assistant = needs_running


class Subscription:
    """Answers as a test says, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.failures: dict[str, PresenceServiceError] = {}
        self.calls_back = True
        self.can_change = True
        self.has_news = False
        self.is_open = False
        self.is_on_primary = True
        self.unsubscribed: list[str] = []
        self.without_first_picture: list[str] = []
        self.has_news_of_unnamed = False
        self.counts = {"subscribed": 3}

    def _ask(self, what: Any) -> None:
        self.asked.append(what)
        if failure := self.failures.get(what):
            raise failure

    async def async_open(self) -> bool:
        self._ask("open")
        self.is_open = True
        return self.calls_back

    async def async_resubscribe(self) -> bool:
        self._ask("resubscribe")
        self.is_open = True
        return self.calls_back

    async def async_change(self) -> bool:
        self._ask("change")
        return self.can_change

    async def async_renew(self) -> None:
        self._ask("renew")

    async def async_fetch(self) -> bool:
        self._ask("fetch")
        return self.has_news

    async def async_refresh(self) -> bool:
        self._ask("refresh")
        return self.calls_back

    async def async_check_further_nodes(self) -> None:
        self._ask("check nodes")

    async def async_fail_back(self) -> None:
        self._ask("fail back")

    async def async_close(self) -> None:
        self.is_open = False
        self._ask("close")

    @property
    def has_left_out(self) -> bool:
        return bool(self.without_first_picture)

    def is_named_by(self, notification: int) -> bool:
        return notification == 7

    def is_unfetched(self, notification: int) -> bool:
        return notification == 8


class StubPoller:
    """Notes who is polled."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def async_refresh_all(self) -> None:
        self._subscription._ask("poll all")

    async def async_refresh(self, contacts: Sequence[str]) -> None:
        self._subscription.asked.append(("poll", list(contacts)))


class Channelled:
    """The channel of one entry."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self.hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(domain=DOMAIN, title="CUP", data={"webhook_id": SECRET})
        self.entry.add_to_hass(hass)
        self.coordinator = PresenceCoordinator("cup", people("anna@x"))
        self.subscription = Subscription()
        self.news_expected = 0
        self.eventing = Eventing(
            hass,
            self.entry,
            self.coordinator,
            cast("WatchersSubscription", self.subscription),
            cast("Poller", StubPoller(self.subscription)),
            INTERVALS,
            lambda: self.news_expected,
        )

    async def start(self, place: Place | None = None) -> list[Any]:
        await self.eventing.async_start(cast("Callback | None", place))
        return await self.after()

    async def after(self, seconds: float = 0) -> list[Any]:
        """Let time pass, and return what was asked for."""
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self.hass)
        for _ in range(10):
            await asyncio.sleep(0)
        asked, self.subscription.asked = self.subscription.asked, []
        return asked

    def channel(self) -> Channel:
        return self.coordinator.channel

    @property
    def issues(self) -> dict[str | None, Any]:
        found = ir.async_get(self.hass).issues.values()
        return {each.translation_key: each.translation_placeholders for each in found}
