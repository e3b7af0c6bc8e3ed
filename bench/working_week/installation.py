"""One run of Home Assistant in the week: a core, the rules, and the reconciler of all people."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from homeassistant import bootstrap, loader
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel import Poller
from custom_components.cisco_unified_presence.clock import async_track_clock_jumps
from custom_components.cisco_unified_presence.const import (
    CONF_PRESENCE_DOMAIN,
    CONF_WATCHER,
    DOMAIN,
)
from custom_components.cisco_unified_presence.control import DecisionLog, PresenceWriter, Reconciler
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.explanation import (
    Circumstances,
    async_circumstances,
)
from custom_components.cisco_unified_presence.people import Person, Watcher, people_of
from custom_components.cisco_unified_presence.pws import PresenceServiceError
from custom_components.cisco_unified_presence.requested_presence import request_presence
from custom_components.cisco_unified_presence.rules import (
    RULE_ENGINE,
    RULE_SCHEMA,
    PeopleDirectory,
    PersonId,
    Rule,
    RuleEngine,
    Scope,
)
from custom_components.cisco_unified_presence.states import PRESENCES

from .scenario import Act, PersonStep, PlannedRule, Week
from .server import ModelServer

if TYPE_CHECKING:
    from custom_components.cisco_unified_presence.channel import PresenceReader
    from custom_components.cisco_unified_presence.pws import ContactPresence, PresenceClient
    from custom_components.cisco_unified_presence.runtime import CupConfigEntry, Runtime


class Installation:
    """Home Assistant, from a start to a stop.

    Attributes:
        hass: Home Assistant.
        engine: Runs the rules.
        reconciler: Makes the server agree.
    """

    def __init__(self, folder: Path, week: Week, server: ModelServer) -> None:
        """Prepare a run; what earlier ones have stored lies in the folder."""
        # The week says which groups there are.
        (folder / ".storage" / "core.config_entries").unlink(missing_ok=True)
        self.hass = HomeAssistant(str(folder))
        self.hass.config.skip_pip = True
        self._week = week
        self._server = server
        self._entry = _entry(week)
        self._coordinator = PresenceCoordinator("the model", people_of(self._entry))
        self.engine = RuleEngine(self.hass)
        entry = cast("CupConfigEntry", self._entry)
        self.reconciler = Reconciler(
            self.hass,
            entry,
            PresenceWriter(
                cast("PresenceClient", server),
                Poller(cast("PresenceReader", server), self._coordinator),
                Watcher.of(entry.data),
            ),
            self._coordinator,
            lambda key: self.engine.requests_for(self._entry.entry_id, key),
            self.engine.async_stored,
            DecisionLog(
                self.hass,
                entry,
                self.engine.requests,
                partial(self.engine.async_set_winner, entry.entry_id),
            ),
        )

    @property
    def people(self) -> list[Person]:
        return list(self._coordinator.people.values())

    def circumstances_of(self, user: str) -> Circumstances:
        """Return what decides what is told of a person."""
        parts = SimpleNamespace(
            entry_id=self._entry.entry_id, reconciler=self.reconciler, coordinator=self._coordinator
        )
        person = next(each for each in self.people if each.user == user)
        return async_circumstances(self.hass, cast("Runtime", parts), person)

    async def start(self, rooms: dict[str, str]) -> None:
        """Start, with these states of the rooms."""
        hass = self.hass
        await hass.config.async_set_time_zone("UTC")
        hass.data[RULE_ENGINE] = self.engine
        hass.config_entries = ConfigEntries(hass, {})
        loader.async_setup(hass)
        await bootstrap.async_load_base_functionality(hass)
        self._entry.add_to_hass(hass)
        for room, state in rooms.items():
            hass.states.async_set(room, state)
        self.see(self._server.all_contacts())
        await self.engine.async_load()
        await self.follow(self._week.rules)
        await self.engine.async_add_entry(self._entry, lambda: self._coordinator.people)
        await self.reconciler.async_load()
        self.reconciler.async_start()
        self.engine.async_subscribe_requests(
            self._entry.entry_id, self.reconciler.async_requests_changed
        )
        own_changed = partial(self.engine.async_own_changed, self._entry.entry_id)
        self._end_own = self.reconciler.own_presences.async_start(own_changed)
        self._end_tracking = async_track_clock_jumps(hass, self.reconciler.async_clock_jumped)
        hass.set_state(CoreState.running)
        hass.bus.async_fire("homeassistant_started")

    async def stop(self) -> None:
        """Stop as Home Assistant does: what is published stays at the server."""
        self.reconciler.async_stop()
        self._end_own()
        self._end_tracking()
        await self.reconciler.async_save()
        for task in tuple(self._entry._background_tasks):  # noqa: SLF001 (as unloading does)
            task.cancel()
        await self.hass.async_stop(force=True)

    async def kill(self) -> None:
        """End at once, whatever is under way; what is stored from now on is to be ignored."""
        for task in tuple(self._entry._background_tasks):  # noqa: SLF001 (as unloading does)
            task.cancel()
        self.reconciler.async_stop()
        await self.hass.async_stop(force=True)

    async def follow(self, rules: Iterable[PlannedRule]) -> None:
        """Have these rules in YAML, and no others."""
        await self.engine.async_set_yaml_rules([_rule(each) for each in rules])

    async def pause(
        self, users: Iterable[str] | None, rule_id: str | None, until: datetime | None
    ) -> None:
        """Let a rule rest for people; None stands for all."""
        self.engine.pauses.async_pause(self._scope(users, rule_id), until)
        await self.engine.pauses.async_stored()

    async def resume(self, users: Iterable[str] | None, rule_id: str | None) -> None:
        """Let a rule act again for people; None stands for all."""
        self.engine.pauses.async_resume(self._scope(users, rule_id))
        await self.engine.pauses.async_stored()

    async def follow_rules(self, user: str, *, follows: bool) -> None:
        """Turn a person's switch on or off."""
        self.engine.pauses.async_set_follows_rules(self._id(user), follows=follows)
        await self.engine.pauses.async_stored()

    async def put_group(self, name: str, words: tuple[str, ...]) -> None:
        """Let a group name others."""
        group = self._entry.subentries[name]
        self.hass.config_entries.async_update_subentry(
            self._entry, group, data={"people": list(words)}
        )
        # The directory of people is renewed once a burst.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def people_called(self, word: str) -> frozenset[str]:
        """Return the users whom a word means: a person, or those in a group."""
        loaded = {self._entry.entry_id: self._coordinator.people}
        found = PeopleDirectory(self.hass, loaded).by_word(word) or ()
        return frozenset(self._coordinator.people[key].user for _, key in found)

    def _scope(self, users: Iterable[str] | None, rule_id: str | None) -> Scope:
        people = None if users is None else frozenset(map(self._id, users))
        return Scope(people=people, rules=frozenset({rule_id}) if rule_id else None)

    def _id(self, user: str) -> PersonId:
        return self._entry.entry_id, self._coordinator.people[self._server.contact(user)].key

    def see(self, news: list[ContactPresence]) -> None:
        """Take over what the server tells."""
        self._coordinator.async_merge_fetch(news)

    async def act(self, step: PersonStep) -> bool:
        """Let a person act through Home Assistant; tell whether it succeeded."""
        person = self._coordinator.people[self._server.contact(step.user)]
        try:
            if step.act is Act.CLEAR:
                await self.reconciler.async_clear_manual(person)
            else:
                requested = request_presence(PRESENCES[step.presence], override=None, note=None)
                until = dt_util.utcnow() + step.lasts if step.lasts else None
                await self.reconciler.async_set_manual(person, requested, until)
        except PresenceServiceError:
            return False
        return True


def _entry(week: Week) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id="week",
        title="The model",
        data={CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"},
        subentries_data=[
            {
                "data": {"user": user, "contact": f"{user}@example.com", "controlled": True},
                "subentry_id": user,
                "subentry_type": "person",
                "title": user,
                "unique_id": user,
            }
            for user in week.users
        ]
        + [
            {
                "data": {"people": list(words)},
                "subentry_id": name,
                "subentry_type": "group",
                "title": name,
                "unique_id": f"group_{name}",
            }
            for name, words in week.groups.items()
        ],
    )


def _rule(planned: PlannedRule) -> Rule:
    conditions: list[dict[str, Any]] = [
        {"condition": "state", "entity_id": planned.room, "state": "on"}
    ]
    if planned.hours:
        first, last = planned.hours
        conditions.append(
            {"condition": "time", "after": f"{first:02}:00:00", "before": f"{last:02}:00:00"}
        )
    data: dict[str, Any] = {
        "id": planned.id,
        "name": f"Rule {planned.number}",
        "people": list(planned.people),
        "when": conditions,
        "for": planned.before,
        "hold": planned.after,
        "presence": planned.presence,
        "priority": planned.priority,
        "insist": planned.insist,
        "yields_to": sorted(planned.yields_to),
        "beats_manual": planned.beats_manual,
    }
    if planned.for_each:
        conditions.append({"condition": "template", "value_template": "{{ person.user != '' }}"})
    if planned.at_most:
        data["at_most"] = planned.at_most
    return Rule.of(RULE_SCHEMA(data))
