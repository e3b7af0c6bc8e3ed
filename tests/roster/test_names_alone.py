"""Names of people: which source counts, when each is asked, and what is taken over."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
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
from custom_components.cisco_unified_presence.roster import names
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


@pytest.fixture
async def named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Named]:
    named = Named(hass, freezer)
    monkeypatch.setattr(names, "async_display_name", named.display_name)
    yield named
    await named.names.async_stop()


async def test_documents_of_those_whom_the_user_has_not_named_are_read_once_a_day(
    named: Named,
) -> None:
    named.client.documents = {ANNA: " Anna\nB. ", CLARA: "Clara"}
    await named.start()
    assert [(watcher, set(asked), rich) for watcher, asked, rich in named.client.asked] == [
        ("desk", {ANNA, BEN}, True)
    ]
    assert named.titles == ["Anna B.", "Ben", "Clärchen"]
    assert named.told == ["Anna B.", "Ben", "Clara"]
    await named.pass_time(86400 - 1)
    assert len(named.client.asked) == 1
    named.client.documents = {ANNA: "Anna C.", BEN: "Benjamin"}
    await named.pass_time(2)
    assert len(named.client.asked) == 2
    assert named.titles == ["Anna C.", "Benjamin", "Clärchen"]


async def test_with_rich_presence_no_documents_are_read(named: Named) -> None:
    named.names = named.make(rich=True)
    await named.start()
    await named.pass_time(86400 + 1)
    assert named.client.asked == []
    await named.document(ANNA, "Anna B.")
    assert named.titles[0] == "Anna B."
    named.names.async_set_rich(rich=False)
    await named.pass_time(86400 + 1)
    assert len(named.client.asked) == 1
    named.names.async_set_rich(rich=True)
    await named.pass_time(86400 + 1)
    assert len(named.client.asked) == 1


async def test_nicknames_count_before_documents_and_those_before_the_configuration(
    named: Named,
) -> None:
    named.client.logged_in_users = {"anna", "ben"}
    named.configured = {"ben": " Ben\tof the Configuration "}
    named.client.documents = {ANNA: "Anna B."}
    await named.start()
    assert named.titles[:2] == ["Anna B.", "Ben of the Configuration"]
    # Only who has no name in a document is asked for.
    assert set(named.asked_configured) == {"ben"}
    named.names.async_set_nicknames({ANNA: "Annie", BEN: "Benny"})
    await named.done()
    assert named.titles[:2] == ["Annie", "Benny"]
    await named.document(BEN, "Benjamin")
    assert named.titles[:2] == ["Annie", "Benny"]
    named.names.async_set_nicknames({ANNA: "Annie"})
    await named.done()
    assert named.titles[:2] == ["Annie", "Benjamin"]


async def test_the_configuration_is_read_of_who_is_logged_in(named: Named) -> None:
    await named.start()
    assert named.asked_configured == []
    named.configured = {"anna": "Anna B.", "ben": ""}
    named.client.logged_in_users = {"anna", "ben", "clara"}
    await named.pass_time(59)
    assert named.asked_configured == []
    await named.pass_time(2)
    assert sorted(named.asked_configured) == ["anna", "ben"]
    assert named.titles == ["Anna B.", "Ben", "Clärchen"]


async def test_a_contact_of_another_domain_is_not_the_users_own(named: Named) -> None:
    hass, entry = named._hass, named.entry
    anna = next(iter(entry.subentries.values()))
    data = {**anna.data, "contact": "anna@elsewhere.org"}
    hass.config_entries.async_update_subentry(entry, anna, data=data)
    named.take_up()
    named.client.logged_in_users = {"anna"}
    await named.start()
    await named.pass_time(61)
    assert named.asked_configured == []


async def test_after_a_failure_no_more_is_asked(
    named: Named, caplog: pytest.LogCaptureFixture
) -> None:
    named.client.failure = named.configured["anna"] = named.configured["ben"] = DOWN
    named.client.logged_in_users = {"anna", "ben"}
    await named.start()
    assert len(named.asked_configured) == 1
    assert named.titles == ["Anna", "Ben", "Clärchen"]
    assert "ended unexpectedly" not in caplog.text


@pytest.mark.parametrize("failure", [DOWN, TimeoutError()])
async def test_names_for_a_form(named: Named, failure: Exception) -> None:
    named.client.documents = {ANNA: "Anna B.", BEN: "Benjamin"}
    named.names.async_set_nicknames({BEN: "Benny", CLARA: "Clari"})
    contacts = ["Anna@Example.com", "BEN@example.com", CLARA, "dora@example.com"]
    named.client.documents |= {"Anna@Example.com": "Anna B."}
    assert await named.names.async_ask(contacts) == {
        ANNA: "Anna B.",
        BEN: "Benny",
        CLARA: "Clari",
    }
    assert named.client.asked == [("desk", tuple(contacts), True)]
    named.client.failure = failure
    assert await named.names.async_ask(contacts) == {BEN: "Benny", CLARA: "Clari"}
    named.client.asked.clear()
    assert await named.names.async_ask([]) == {}
    assert named.client.asked == []


def test_the_name_of_whom_to_add(named: Named) -> None:
    named.names._nicknames = {BEN: "Benny"}
    told = {ANNA: "Anna", BEN: "Ben"}
    assert named.names.name_of("ANNA@example.com", told) == "Anna"
    assert named.names.name_of(BEN, told) == "Benny"
    assert named.names.name_of(CLARA, told) is None


async def test_a_name_of_the_users_is_not_replaced(named: Named) -> None:
    await named.start()
    anna = next(iter(named.entry.subentries.values()))
    named._hass.config_entries.async_update_subentry(named.entry, anna, title="Annie")
    # The coordinator has not been told yet.
    await named.document(ANNA, "Anna B.")
    assert named.titles[0] == "Annie"
    named.names._configured[ANNA] = "Anna of the Configuration"
    named.take_up()
    await named.document(ANNA, "Anna C.")
    assert named.titles[0] == "Annie"
    assert ANNA not in named.names._followed.keys
    assert ANNA not in named.names._documents
    assert named.names._configured == {}


async def test_who_is_added_is_read_at_once(named: Named) -> None:
    named.client.documents = {"dora@example.com": "Dora B."}
    await named.start()
    named.client.asked.clear()
    await named.done()
    added = person("dora")
    added["data"]["told_name"] = added["title"]
    hass = named._hass
    hass.config_entries.async_add_subentry(
        named.entry, MockConfigEntry(subentries_data=[added]).subentries.copy().popitem()[1]
    )
    named.take_up()
    await named.done()
    assert [asked for _, asked, _ in named.client.asked] == [("dora@example.com",)]
    assert named.titles[-1] == "Dora B."


async def test_names_that_are_the_same_change_nothing(named: Named) -> None:
    await named.start()
    before = named.entry.modified_at
    named._freezer.tick(1)
    await named.document(ANNA, "Anna")
    named.names.async_set_nicknames({ANNA: "Anna"})
    await named.done()
    assert named.entry.modified_at == before


@pytest.mark.parametrize("name", ["Anna", None])
async def test_documents_without_another_name_put_no_name_off(
    named: Named, name: str | None
) -> None:
    await named.start()
    for _ in range(6):
        await named.document(ANNA, name)
    await named.document(BEN, "Benjamin")
    assert named.titles[1] == "Benjamin"


async def test_what_is_under_way_ends_with_the_stop(
    named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, told = asyncio.Event(), asyncio.Event()

    async def poll_contacts(*_: Any, **__: Any) -> list[ContactPresence]:
        asked.set()
        await told.wait()
        return [document_of(BEN, "Benjamin")]

    monkeypatch.setattr(named.client, "poll_contacts", poll_contacts)
    named.names.async_start()
    await asked.wait()
    # Its name is to be taken over in the next turn.
    named.coordinator.async_merge_fetch([document_of(ANNA, "Anna B.")])
    await named.names.async_stop()
    told.set()
    await named.done()
    assert named.titles[:2] == ["Anna", "Ben"]
    assert not named.names._followed.keys


async def test_nothing_is_taken_over_after_the_stop(named: Named) -> None:
    await named.start()
    await named.names.async_stop()
    named.client.asked.clear()
    await named.document(ANNA, "Anna B.")
    await named.pass_time(86400 * 2)
    assert named.client.asked == []
    assert named.titles[0] == "Anna"
