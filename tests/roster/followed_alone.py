"""A contact list that is followed without a server."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.people import people_of, person_device_identifier
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList, PresenceClient
from custom_components.cisco_unified_presence.roster.names import DisplayNames
from custom_components.cisco_unified_presence.roster.sync import ContactListSync
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.common.entry import SECRET, person
from tests.common.waiting import all_done

ANNA, BEN, CLARA = "anna@example.com", "ben@example.com", "clara@example.com"


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


CLIENT = cast("PresenceClient", object())


ALL = ContactListSettings(group=None, removes=True, labels=False)


class Names:
    """Names that are told when they are asked for."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.asked: list[list[str]] = []
        self.nicknames: list[Mapping[str, str]] = []

    def async_set_nicknames(self, nicknames: Mapping[str, str]) -> None:
        self.nicknames.append(nicknames)

    async def async_ask(self, contacts: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(contacts))
        return self.told

    def name_of(self, contact: str, told: Mapping[str, str]) -> str | None:
        return told.get(contact)


class Followed:
    """An entry with Anna, added by hand, that follows a list."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        settings: ContactListSettings | None,
    ) -> None:
        self._hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="CUP",
            data={CONF_WEBHOOK_ID: SECRET},
            subentries_data=[person("anna")],
        )
        self.entry.add_to_hass(hass)
        self.names = Names()
        self.answer: ContactList | Exception = ContactList()
        self.asked: list[tuple[object, ...]] = []
        self.changes: list[bool] = []
        names = cast("DisplayNames", self.names)
        self.sync = ContactListSync(hass, self.entry, CLIENT, "desk", names, settings)

    async def contact_list(
        self, _hass: Any, client: Any, watcher: str, data: Any, *, within: float
    ) -> ContactList:
        self.asked.append((client, watcher, data, within))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def lists(self, **groups: str) -> None:
        """Let the list hold groups of users."""
        self.answer = ContactList(
            tuple(
                ContactGroup(name, tuple(f"{user}@example.com" for user in users.split()))
                for name, users in groups.items()
            )
        )

    @property
    def users(self) -> list[str]:
        return [each.user for each in people_of(self.entry).values()]

    async def start(self) -> None:
        await self.sync.async_start(lambda: self.changes.append(self.sync.is_changing))
        await self.done()

    async def done(self) -> None:
        await all_done(self._hass)

    async def pass_time(self, seconds: float) -> int:
        """Return how often the list was read meanwhile."""
        before = len(self.asked)
        self._freezer.tick(timedelta(seconds=seconds))
        await self.done()
        return len(self.asked) - before

    async def next_after(self, seconds: float) -> bool:
        """Tell whether the list is read after so many seconds, and not before."""
        early = await self.pass_time(seconds - 1)
        return early == 0 and await self.pass_time(1.5) == 1

    def issue(self, issue: Issue) -> ir.IssueEntry | None:
        issue_id = f"{issue}_{self.entry.entry_id}"
        return ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)

    def add_device(self, key: str) -> dr.DeviceEntry:
        return dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={person_device_identifier(self.entry.entry_id, key)},
        )
