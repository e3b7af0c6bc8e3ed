"""The parts of an entry that know who its people are, put together."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..coordinator import PresenceCoordinator
from ..pws import PresenceClient
from ..settings import AppliedOptions
from .names import DisplayNames
from .never_seen import NeverSeen
from .sync import ContactListSync


class Roster:
    """Who the people of an entry are.

    Attributes:
        names: Takes people's names over from the server.
        contact_list: Keeps people in step with the watcher's contact list.
        never_seen: Finds people who have never been seen other than offline.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PresenceCoordinator,
        client: PresenceClient,
        watcher: str,
        options: AppliedOptions,
    ) -> None:
        self._options = options
        self.names = DisplayNames(hass, entry, coordinator, client, watcher, rich=options.rich)
        self.contact_list = ContactListSync(
            hass, entry, client, watcher, self.names, options.contact_list
        )
        self.never_seen = NeverSeen(hass, entry, coordinator)

    async def async_start(self) -> None:
        self.names.async_start()
        await self.never_seen.async_start()

    async def async_follow_contact_list(self, on_changed: Callable[[], None]) -> None:
        """Begin to read the contact list, once changes of people are taken over."""
        await self.contact_list.async_start(on_changed)

    async def async_stop(self) -> None:
        await self.contact_list.async_stop()
        await self.names.async_stop()
        await self.never_seen.async_stop()

    @callback
    def async_set_options(self, options: AppliedOptions) -> None:
        before, self._options = self._options, options
        self.names.async_set_rich(rich=options.rich)
        if options.contact_list != before.contact_list:
            self.contact_list.async_set_settings(options.contact_list)
