"""What the board shows of a person, a server and a group, in plain JSON.

The shapes are those of frontend/src/messages.ts.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN, Channel
from ..decision_words import local_iso
from ..error_messages import ErrorTexts
from ..people import (
    Person,
    Placement,
    async_presence_sensor,
    people_of,
    person_device_identifier,
    person_unique_id,
)
from ..pws import Activity
from ..rules import async_rule_engine
from ..runtime import CupConfigEntry, Runtime
from ..states import STATES

ENTITIES: Final = {
    "presence_entity": (Platform.SENSOR, "presence"),
    "set_presence_entity": (Platform.SELECT, "presence"),
    "follow_rules_entity": (Platform.SWITCH, "follow_rules"),
    "reason_entity": (Platform.SENSOR, "reason"),
    "status_message_entity": (Platform.SENSOR, "status_message"),
}

_NOT_CONTROLLED: Final[dict[str, Any]] = {
    "own": None,
    "may_control": False,
    "wanted": None,
    "source": None,
    "reason": None,
    "rule": None,
    "set_by": None,
    "until": None,
    "until_expected": None,
    "overruled": False,
    "follows_rules": False,
    "rules_paused": False,
    "paused_until": None,
    "waiting_until": None,
}

# Whether the user may do something with an entity.
type May = Callable[[str, str], bool]


def id_of(entry_id: str, subentry_id: str) -> str:
    """Return the id of a person, as messages name them."""
    return f"{entry_id}/{subentry_id}"


def is_running(entry: CupConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED


def people_in(entry: CupConfigEntry) -> dict[str, Person]:
    """Return the people of an entry by key, also while it waits for its server."""
    return entry.runtime_data.coordinator.people if is_running(entry) else people_of(entry)


def may_see(
    hass: HomeAssistant, may: May, entry: CupConfigEntry, person: Person, *, is_admin: bool
) -> bool:
    """Return whether a user may see a person: who may read the presence sensor.

    A person without one is for administrators, as for the action `get_presence`.
    """
    entity_id = async_presence_sensor(hass, entry.entry_id, person.key)
    return is_admin if entity_id is None else may(entity_id, POLICY_READ)


class PeopleView:
    """Describes people to one user, in the user's language."""

    def __init__(self, hass: HomeAssistant, may: May, texts: ErrorTexts, *, is_admin: bool) -> None:
        self._hass = hass
        self._may = may
        self._texts = texts
        self._is_admin = is_admin
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)

    def may_see(self, entry: CupConfigEntry, person: Person) -> bool:
        return may_see(self._hass, self._may, entry, person, is_admin=self._is_admin)

    def may_control(self, entry: CupConfigEntry, person: Person) -> bool:
        entity_id = async_presence_sensor(self._hass, entry.entry_id, person.key)
        permitted = self._is_admin if entity_id is None else self._may(entity_id, POLICY_CONTROL)
        return person.controlled and permitted

    def person(
        self, entry: CupConfigEntry, person: Person, groups: list[str], reason: str | None
    ) -> dict[str, Any]:
        """Return a person whom the user may see.

        Args:
            entry: The entry.
            person: The person.
            groups: The ids of the groups that the person is in.
            reason: Why the person has the presence, None for one who is only watched.
        """
        device = self._devices.async_get_device_by_identifier(
            person_device_identifier(entry.entry_id, person.key), entry.entry_id
        )
        sensor = self._registered(entry, person, *ENTITIES["presence_entity"])
        placement = Placement.of(sensor, device)
        described = {
            "id": id_of(entry.entry_id, person.subentry_id),
            "entry_id": entry.entry_id,
            "subentry_id": person.subentry_id,
            "contact": person.contact,
            "name": person.name or person.user,
            "device_id": device.id if device else None,
            **{name: self._usable(entry, person, *key) for name, key in ENTITIES.items()},
            "person_entity": person.links.get("person"),
            "controlled": person.controlled,
            "area_id": placement.area_id,
            "labels": sorted(placement.labels),
            "groups": groups,
        }
        if not is_running(entry):
            return {**described, **_NOTHING_SEEN, **_NOT_CONTROLLED}
        seen = self._seen(entry.runtime_data, person)
        decided = self._decided(entry, person, reason) if person.controlled else _NOT_CONTROLLED
        return {**described, **seen, **decided}

    def _seen(self, runtime: Runtime, person: Person) -> dict[str, Any]:
        coordinator = runtime.coordinator
        seen = coordinator.presence_of(person.key) if coordinator.reachable else None
        if seen is None:
            return _NOTHING_SEEN
        shown = {
            **_NOTHING_SEEN,
            "presence": STATES.get(seen.presence),
            "since": local_iso(coordinator.since_of(person.key)),
        }
        if (rich := seen.rich) is None:
            return shown
        return {
            **shown,
            "note": rich.note_in(self._texts.language),
            "on_the_phone": Activity.ON_THE_PHONE in rich.reported_activities,
            "in_a_meeting": Activity.MEETING in rich.reported_activities,
        }

    def _decided(self, entry: CupConfigEntry, person: Person, reason: str | None) -> dict[str, Any]:
        reconciler = entry.runtime_data.reconciler
        decision = reconciler.decision_of(person)
        engine, identity = async_rule_engine(self._hass), (entry.entry_id, person.key)
        gate = engine.pauses.gate_of(identity)
        return {
            "own": reconciler.own_presences.of(person.key).presence,
            "may_control": self.may_control(entry, person),
            "wanted": STATES[decision.requested.presence] if decision.requested else None,
            "source": decision.source.value,
            "reason": reason,
            "rule": decision.rule_request.rule_id if decision.rule_request else None,
            "set_by": decision.set_by,
            "until": local_iso(decision.until),
            "until_expected": local_iso(engine.requests.expected_end(identity, decision)),
            "overruled": decision.overruled,
            "follows_rules": gate.follows,
            "rules_paused": gate.pause is not None,
            "paused_until": local_iso(gate.paused_until),
            "waiting_until": local_iso(
                reconciler.refused_until(person) or reconciler.waiting_until(person)
            ),
        }

    def _usable(
        self, entry: CupConfigEntry, person: Person, platform: Platform, key: str
    ) -> str | None:
        """Return the id of an entity that is there, enabled, and may be read."""
        found = self._registered(entry, person, platform, key)
        if found is None or found.disabled or not self._may(found.entity_id, POLICY_READ):
            return None
        return found.entity_id

    def _registered(
        self, entry: CupConfigEntry, person: Person, platform: Platform, key: str
    ) -> er.RegistryEntry | None:
        entity_id = _entity_id(self._entities, entry, person, platform, key)
        return self._entities.async_get(entity_id) if entity_id else None

    def server(self, entry: CupConfigEntry) -> dict[str, Any]:
        """Return the state of an entry's server."""
        if not is_running(entry):
            state, reason = "away", _why_not_loaded(entry, self._texts)
        elif failure := entry.runtime_data.coordinator.failure:
            state, reason = "away", self._texts.sentence(failure)
        else:
            is_live = entry.runtime_data.coordinator.channel is Channel.EVENTING
            state, reason = "live" if is_live else "polling", None
        return {
            "entry_id": entry.entry_id,
            "title": entry.title,
            "connected": state != "away",
            "state": state,
            "reason": reason,
        }

    def groups(self, entry: CupConfigEntry) -> list[dict[str, Any]]:
        """Return the groups of an entry, with those of their members whom the user may see."""
        if not is_running(entry):
            return []
        return [
            {
                "id": subentry_id,
                "entry_id": entry.entry_id,
                "name": group.name,
                "members": [
                    id_of(entry.entry_id, each.subentry_id)
                    for each in group.members
                    if self.may_see(entry, each)
                ],
            }
            for subentry_id, group in entry.runtime_data.groups.all.items()
        ]


def _why_not_loaded(entry: CupConfigEntry, texts: ErrorTexts) -> str | None:
    """Return why an entry is not loaded, None when it has not said so, as while it starts."""
    key, placeholders = (
        entry.error_reason_translation_key,
        entry.error_reason_translation_placeholders,
    )
    return texts.of(key, placeholders) or entry.reason


_NOTHING_SEEN: Final[dict[str, Any]] = {
    "presence": None,
    "since": None,
    "note": None,
    "on_the_phone": False,
    "in_a_meeting": False,
}


def _entity_id(
    registry: er.EntityRegistry,
    entry: CupConfigEntry,
    person: Person,
    platform: Platform,
    key: str,
) -> str | None:
    unique_id = person_unique_id(entry.entry_id, person.key, key)
    return registry.async_get_entity_id(platform, DOMAIN, unique_id)
