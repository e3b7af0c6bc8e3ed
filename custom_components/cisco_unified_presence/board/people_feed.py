"""The subscription to people: all whom the user may see, then those who have changed."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change

from ..const import DOMAIN
from ..error_messages import ErrorTexts
from ..explanation import (
    Texts,
    async_situation,
    async_subscribe_circumstances,
    async_texts,
    sentence_of,
)
from ..listeners import async_track_entries
from ..people import Person
from ..pws import in_turns
from ..rules import PersonId, async_rule_engine
from ..runtime import CupConfigEntry
from .feed import PROTOCOL, Feed, Message, Subscriptions
from .people import PeopleView, id_of, is_running, people_in

type Described = dict[str, dict[str, Any]]


class PeopleFeed(Feed):
    """Follows people, servers and groups. One change among many people costs one description."""

    _view: PeopleView
    _explanations: Texts

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, message_id: int, language: str
    ) -> None:
        super().__init__(hass, connection, message_id, language)
        self._subscriptions = Subscriptions()
        self._changed: set[PersonId] = set()
        self._all_changed = False
        self._groups_of: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
        # What the browser knows.
        self._people: Described = {}
        self._servers: Described = {}
        self._groups: list[dict[str, Any]] = []

    @override
    async def _async_everything(self) -> Message:
        texts = await ErrorTexts.async_load(self.hass, self.language)
        self._explanations = await async_texts(self.hass, self.language)
        self._view = PeopleView(self.hass, self._may, texts, is_admin=self._is_administrator)
        self._subscriptions.async_add(None, self._subscribe_to_registries)
        self._subscribe()
        self._people = await self._async_describe_all()
        self._servers, self._groups = self._describe_servers(), self._describe_groups()
        return {
            "protocol": PROTOCOL,
            "people": list(self._people.values()),
            "servers": list(self._servers.values()),
            "groups": self._groups,
        }

    @override
    async def _async_changes(self) -> Message:
        changed, self._changed = self._changed, set()
        if not self._all_changed:
            now, removed = self._describe(changed)
            return self._news(now, removed)
        self._all_changed = False
        self._subscribe()
        now = await self._async_describe_all()
        message = self._news(now, list(self._people.keys() - now.keys()))
        if (groups := self._describe_groups()) != self._groups:
            self._groups = message["groups"] = groups
        return message

    def _news(self, now: Described, removed: list[str]) -> Message:
        """Return what the browser does not know of some people and the servers, and note it."""
        servers = self._describe_servers()
        news = {
            "changed": _different(self._people, now),
            "removed": removed,
            "servers": _different(self._servers, servers),
        }
        self._servers = servers
        self._people.update(now)
        for each in removed:
            del self._people[each]
        return {key: each for key, each in news.items() if each}

    @callback
    @override
    def _unsubscribe_all(self) -> None:
        self._subscriptions.async_end()

    @property
    def _entries(self) -> list[CupConfigEntry]:
        return self.hass.config_entries.async_entries(DOMAIN, include_disabled=False)

    # What is subscribed to

    def _subscribe_to_registries(self) -> list[CALLBACK_TYPE]:
        @callback
        def midnight(_now: datetime) -> None:
            self._note_all()

        return [
            async_rule_engine(self.hass).async_subscribe_directory(self._note_all),
            async_track_entries(self.hass, lambda _change, _entry: self._note_all()),
            # A time of today is told with its date tomorrow.
            async_track_time_change(self.hass, midnight, hour=0, minute=0, second=0),
        ]

    @callback
    def _subscribe(self) -> None:
        """Subscribe to the entries and people that there are now."""
        wanted: dict[object, Callable[[], list[CALLBACK_TYPE]]] = {}
        for entry in filter(is_running, self._entries):
            wanted[entry.entry_id] = partial(self._subscribe_to_entry, entry)
            for person in people_in(entry).values():
                wanted[entry.entry_id, person.key, person.controlled] = partial(
                    self._subscribe_to_person, entry, person
                )
        self._subscriptions.async_retain({None, *wanted})
        for about, subscribe in wanted.items():
            self._subscriptions.async_add(about, subscribe)

    def _subscribe_to_entry(self, entry: CupConfigEntry) -> list[CALLBACK_TYPE]:
        runtime = entry.runtime_data
        return [
            runtime.coordinator.async_subscribe_people(self._note_all),
            runtime.coordinator.async_subscribe_server(self._note),
            runtime.groups.async_subscribe(self._note_all),
        ]

    def _subscribe_to_person(self, entry: CupConfigEntry, person: Person) -> list[CALLBACK_TYPE]:
        runtime, person_id = entry.runtime_data, (entry.entry_id, person.key)
        note = partial(self._note_person, person_id)
        if person.controlled:
            return [async_subscribe_circumstances(self.hass, runtime, person, note)]
        return [runtime.coordinator.async_subscribe(person.key, note)]

    @callback
    def _note_person(self, person_id: PersonId) -> None:
        self._changed.add(person_id)
        self._note()

    @callback
    def _note_all(self) -> None:
        self._all_changed = True
        self._note()

    # What is described

    async def _async_describe_all(self) -> Described:
        described: Described = {}
        for entry in self._entries:
            self._groups_of[entry.entry_id] = _groups_by_person(entry)
            found = await in_turns(
                self._describe_person(entry, each) for each in people_in(entry).values()
            )
            described |= {each["id"]: each for each in found if each}
        return described

    def _describe(self, changed: set[PersonId]) -> tuple[Described, list[str]]:
        """Describe some; return also the ids of those whom the user may no longer see."""
        described: Described = {}
        removed: list[str] = []
        entries = {each.entry_id: each for each in self._entries if is_running(each)}
        for entry_id, key in changed:
            entry = entries.get(entry_id)
            if entry is None or (person := people_in(entry).get(key)) is None:
                # That is another change, which follows.
                continue
            person_id = id_of(entry_id, person.subentry_id)
            if (each := self._describe_person(entry, person)) is not None:
                described[person_id] = each
            elif person_id in self._people:
                removed.append(person_id)
        return described, removed

    def _describe_person(self, entry: CupConfigEntry, person: Person) -> dict[str, Any] | None:
        """Describe a person, None if the user may not see them."""
        if not self._view.may_see(entry, person):
            return None
        reason = None
        if is_running(entry) and person.controlled:
            situation = async_situation(self.hass, entry.runtime_data, person)
            reason = sentence_of(situation, self._explanations)
        groups = self._groups_of[entry.entry_id].get(person.key, [])
        return self._view.person(entry, person, groups, reason)

    def _describe_servers(self) -> Described:
        return {each.entry_id: self._view.server(each) for each in self._entries}

    def _describe_groups(self) -> list[dict[str, Any]]:
        return [group for entry in self._entries for group in self._view.groups(entry)]


def _groups_by_person(entry: CupConfigEntry) -> dict[str, list[str]]:
    """Return the ids of the groups that people are in, by their keys."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    if is_running(entry):
        for subentry_id, group in entry.runtime_data.groups.all.items():
            for person in group.members:
                found[person.key].append(subentry_id)
    return found


def _different(before: Described, now: Described) -> list[dict[str, Any]]:
    return [each for key, each in now.items() if before.get(key) != each]
