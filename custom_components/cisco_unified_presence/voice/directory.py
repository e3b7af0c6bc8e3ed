"""The people and groups who can be spoken about, and who is meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..const import CONF_VOICE, DOMAIN, SUBENTRY_GROUP
from ..people import Person, people_of, person_device_identifier, person_unique_id
from ..pws import in_turns
from ..runtime import CupConfigEntry, Runtime
from .names import NameIndex, spoken_name

PERSON_DOMAIN: Final = "person"
ATTR_USER_ID: Final = "user_id"
LINK_PERSON: Final = "person"

# The entities whose aliases are names of the person, by the end of their unique ids.
NAMED_ENTITIES: Final = ((Platform.SENSOR, "presence"), (Platform.SELECT, "presence"))


@dataclass(frozen=True, slots=True)
class SpokenPerson:
    """A person who can be spoken about, and the entry of the person's server."""

    person: Person
    entry: CupConfigEntry

    @property
    def runtime(self) -> Runtime | None:
        """Return the running parts of the entry, None while it is not connected."""
        return _runtime_of(self.entry)

    @property
    def name(self) -> str:
        """Return the name as it is spoken."""
        return spoken_name(self.person.name)

    @property
    def is_connected(self) -> bool:
        return _is_connected(self.entry)

    def entity_ids(self, hass: HomeAssistant) -> list[str]:
        """Return the entities that stand for the person, the sensor of the presence first."""
        registry = er.async_get(hass)
        entry_id, key = self.entry.entry_id, self.person.key
        found = (
            registry.async_get_entity_id(platform, DOMAIN, person_unique_id(entry_id, key, kind))
            for platform, kind in NAMED_ENTITIES
        )
        return [each for each in found if each]

    def may_be_read_by(self, hass: HomeAssistant, user: User | None) -> bool:
        """Return whether a user may be told; an automation or a satellite may."""
        if user is None:
            return True
        may = user.permissions.check_entity
        return any(may(each, POLICY_READ) for each in self.entity_ids(hass)[:1])


@dataclass(frozen=True, slots=True)
class SpokenGroup:
    """A group that can be spoken about."""

    name: str
    subentry_id: str
    entry: CupConfigEntry

    @property
    def is_connected(self) -> bool:
        return _is_connected(self.entry)


@dataclass(frozen=True, slots=True)
class VoiceDirectory:
    """Everybody and every group of the entries whose people can be asked about.

    Attributes:
        people: The people by the ids of their subentries.
        groups: The groups by the ids of theirs.
        names: Whom names mean.
        group_names: Which groups names mean.
    """

    people: Mapping[str, SpokenPerson]
    groups: Mapping[str, SpokenGroup]
    names: NameIndex
    group_names: NameIndex

    @classmethod
    async def async_of(
        cls, hass: HomeAssistant, entries: Iterable[CupConfigEntry], before: Self | None
    ) -> Self:
        """Return everybody whom entries name now; names as before are not spelled again."""
        people: dict[str, SpokenPerson] = {}
        groups: dict[str, SpokenGroup] = {}
        for entry in entries:
            for person in people_of(entry).values():
                people[person.subentry_id] = SpokenPerson(person, entry)
            for each in entry.get_subentries_of_type(SUBENTRY_GROUP):
                groups[each.subentry_id] = SpokenGroup(each.title, each.subentry_id, entry)
        names = await in_turns(tuple(_names(hass, each)) for each in people.values())
        called = dict(zip(people, names, strict=True))
        titles = {key: (each.name,) for key, each in groups.items()}
        if before and (before.names.source, before.group_names.source) == (called, titles):
            return cls(people, groups, before.names, before.group_names)
        # Thousands of people have tens of thousands of spellings.
        index = await hass.async_add_executor_job(NameIndex.of_people, called)
        return cls(people, groups, index, NameIndex.of_groups(titles))

    def find(self, said: str) -> list[SpokenPerson]:
        """Return who is meant by a name.

        A person whom several servers know is one person: the one who can be asked about best.
        """
        found: dict[str, SpokenPerson] = {}
        for each in self._ids_in(said, self.people) or self.names.find(said):
            person = self.people[each]
            known = found.get(person.person.key)
            if known is None or _usefulness(person) > _usefulness(known):
                found[person.person.key] = person
        return list(found.values())

    def find_groups(self, said: str) -> list[SpokenGroup]:
        found = self._ids_in(said, self.groups) or self.group_names.find(said)
        return [self.groups[each] for each in found]

    def members_of(self, groups: Iterable[SpokenGroup]) -> list[SpokenPerson]:
        found: dict[str, SpokenPerson] = {}
        for each in groups:
            runtime = _runtime_of(each.entry)
            group = runtime.groups.get(each.subentry_id) if runtime else None
            for member in group.members if group else ():
                if person := self.people.get(member.subentry_id):
                    found[member.subentry_id] = person
        return list(found.values())

    def person_of_user(self, hass: HomeAssistant, user_id: str) -> SpokenPerson | None:
        """Return the person of a user: by the linked person of Home Assistant, or by its name."""
        state = _person_state(hass, user_id)
        if state is None:
            return None
        linked = [
            each
            for each in self.people.values()
            if each.person.links.get(LINK_PERSON) == state.entity_id
        ]
        found = linked or self.find(state.name)
        best = sorted(found, key=_usefulness, reverse=True)
        is_one = len({each.person.key for each in found}) == 1
        return best[0] if is_one else None

    @staticmethod
    def _ids_in(said: str, known: Mapping[str, object]) -> list[str]:
        ids = said.split("|")
        return ids if all(each in known for each in ids) else []


@callback
def speaking_entries(hass: HomeAssistant) -> list[CupConfigEntry]:
    """Return the entries whose people can be spoken about."""
    entries: list[CupConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    return [each for each in entries if each.options.get(CONF_VOICE)]


def _runtime_of(entry: CupConfigEntry) -> Runtime | None:
    return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None


def _is_connected(entry: CupConfigEntry) -> bool:
    runtime = _runtime_of(entry)
    return runtime is not None and runtime.coordinator.reachable


def _names(hass: HomeAssistant, spoken: SpokenPerson) -> list[str]:
    person, entry = spoken.person, spoken.entry
    registry = er.async_get(hass)
    names = [person.name]
    identifier = person_device_identifier(entry.entry_id, person.key)
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    if device and device.name_by_user:
        names.append(device.name_by_user)
    for entity_id in spoken.entity_ids(hass):
        names += _aliases(registry, entity_id)
    if linked := person.links.get(LINK_PERSON):
        names += _aliases(registry, linked)
        if state := hass.states.get(linked):
            names.append(state.name)
    return names


def _aliases(registry: er.EntityRegistry, entity_id: str) -> list[str]:
    """Return the aliases that the user gave; the entity's own name is among them as no text."""
    entity = registry.async_get(entity_id)
    return [each for each in entity.aliases if isinstance(each, str)] if entity else []


def _person_state(hass: HomeAssistant, user_id: str) -> State | None:
    return next(
        (
            each
            for each in hass.states.async_all(PERSON_DOMAIN)
            if each.attributes.get(ATTR_USER_ID) == user_id
        ),
        None,
    )


def _usefulness(each: SpokenPerson) -> tuple[bool, bool, bool]:
    return each.is_connected, each.person.controlled, each.runtime is not None
