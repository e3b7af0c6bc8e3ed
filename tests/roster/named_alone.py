"""People who are named by a server, without one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
    PresenceClient,
    PresenceServiceError,
    RichPresence,
)
from custom_components.cisco_unified_presence.roster.names import DisplayNames
from tests.common.entry import person
from tests.common.waiting import all_done

ANNA, BEN, CLARA = "anna@example.com", "ben@example.com", "clara@example.com"
DOWN = CannotConnect(ConnectFailure.REFUSED)


class Client:
    """A server that tells names in documents."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.asked: list[tuple[str, tuple[str, ...], bool]] = []
        self.failure: Exception | None = None
        self.logged_in_users: set[str] = set()

    async def poll_contacts(
        self, watcher: str, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        self.asked.append((watcher, tuple(contacts), rich))
        if self.failure is not None:
            raise self.failure
        return [document_of(each, self.documents.get(each)) for each in contacts]


def document_of(contact: str, name: str | None) -> ContactPresence:
    rich = RichPresence(f"sip:{contact}", display_name=name)
    return ContactPresence(contact.upper(), Presence.BUSY, rich)


class Named:
    """Anna and Ben, who are named by the server, and Clara, whom the user has named."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        people = [person("anna"), person("ben"), person("clara", name="Clärchen")]
        for each in people[:2]:
            each["data"]["told_name"] = each["title"]
        people[2]["data"]["told_name"] = "Clara"
        self.entry = MockConfigEntry(
            domain=DOMAIN, data={"presence_domain": "example.com"}, subentries_data=people
        )
        self.entry.add_to_hass(hass)
        self.coordinator = PresenceCoordinator("cup", people_of(self.entry))
        self.client = Client()
        self.configured: dict[str, str | PresenceServiceError | None] = {}
        self.asked_configured: list[str] = []
        self.names = self.make(rich=False)

    def make(self, *, rich: bool) -> DisplayNames:
        client = cast("PresenceClient", self.client)
        return DisplayNames(self._hass, self.entry, self.coordinator, client, "desk", rich=rich)

    async def display_name(self, _hass: Any, client: Any, user: str, data: Any) -> str | None:
        assert client is self.client
        assert data is self.entry.data
        self.asked_configured.append(user)
        told = self.configured.get(user)
        if isinstance(told, PresenceServiceError):
            raise told
        return told

    @property
    def titles(self) -> list[str]:
        return [each.title for each in self.entry.subentries.values()]

    @property
    def told(self) -> list[str]:
        return [each.data["told_name"] for each in self.entry.subentries.values()]

    async def start(self) -> None:
        self.names.async_start()
        await self.done()

    async def done(self) -> None:
        await all_done(self._hass)

    async def pass_time(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))
        await self.done()

    def take_up(self) -> None:
        """Tell of the people whom the entry now names."""
        self.coordinator.async_set_people(people_of(self.entry))

    async def document(self, contact: str, name: str | None) -> None:
        self.coordinator.async_merge_fetch([document_of(contact, name)])
        await self.done()
