"""A subscription of a browser: everything once, then what has changed, once a burst."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..clock import Burst
from ..const import DOMAIN

# As in frontend/src/messages.ts. Raised when a module of another version cannot read what is sent:
# an update replaces files under a running Home Assistant.
PROTOCOL: Final = 1

type Message = dict[str, Any]


class Feed(ABC):
    """One subscription, from the answer to the command until the browser or Home Assistant ends it.

    Attributes:
        hass: Home Assistant.
        language: The language of the sentences.
    """

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, message_id: int, language: str
    ) -> None:
        self.hass = hass
        self.language = language
        self._connection = connection
        self._message_id = message_id
        self._burst = Burst(hass, self._send_later)
        self._lock = asyncio.Lock()
        self._ended = False

    async def async_start(self) -> None:
        """Answer the command, and send everything."""
        self.hass.data.setdefault(_FEEDS, set()).add(self)
        self._connection.subscriptions[self._message_id] = self.async_stop
        self._connection.send_result(self._message_id)
        async with self._lock:
            self._send(await self._async_everything())
        if self._ended:
            # The browser left meanwhile.
            self._unsubscribe_all()
        self._burst.async_note()

    @callback
    def async_stop(self) -> None:
        """Send nothing more."""
        self._ended = True
        self.hass.data[_FEEDS].discard(self)
        self._unsubscribe_all()

    @callback
    def async_end(self) -> None:
        """Tell the browser that nothing more comes, and that it may subscribe again."""
        self._send({"gone": True})
        self.async_stop()
        self._connection.subscriptions.pop(self._message_id, None)

    @callback
    def _note(self) -> None:
        """Note that something may have changed."""
        self._burst.async_note()

    def _may(self, entity_id: str, policy: str) -> bool:
        return self._connection.user.permissions.check_entity(entity_id, policy)

    @property
    def _is_administrator(self) -> bool:
        return self._connection.user.is_admin

    @abstractmethod
    async def _async_everything(self) -> Message:
        """Subscribe to what may change, and return the first message."""

    @abstractmethod
    async def _async_changes(self) -> Message:
        """Return what has changed since the message before, empty for nothing."""

    @abstractmethod
    def _unsubscribe_all(self) -> None:
        """End what _async_everything has subscribed to."""

    @callback
    def _send_later(self) -> None:
        self.hass.async_create_background_task(self._async_send_changes(), f"{DOMAIN} board")

    async def _async_send_changes(self) -> None:
        async with self._lock:
            if not self._ended and (changes := await self._async_changes()):
                self._send(changes)

    def _send(self, message: Message) -> None:
        if not self._ended:
            self._connection.send_event(self._message_id, message)


_FEEDS: HassKey[set[Feed]] = HassKey(f"{DOMAIN}.board_feeds")


@callback
def async_end_feeds(hass: HomeAssistant) -> None:
    """End all subscriptions, as an entry is unloaded."""
    feeds = hass.data.get(_FEEDS)
    for feed in tuple(feeds or ()):
        feed.async_end()


class Subscriptions:
    """What a feed is subscribed to, by what it is about."""

    def __init__(self) -> None:
        self._ends: dict[object, list[CALLBACK_TYPE]] = {}

    @callback
    def async_retain(self, about: set[Any]) -> None:
        for gone in self._ends.keys() - about:
            self._end(gone)

    @callback
    def async_add(self, about: object, subscribe: Callable[[], list[CALLBACK_TYPE]]) -> None:
        """Subscribe, unless that is done already."""
        if about not in self._ends:
            self._ends[about] = subscribe()

    @callback
    def async_end(self) -> None:
        self.async_retain(set())

    def _end(self, about: object) -> None:
        for end in self._ends.pop(about):
            end()
