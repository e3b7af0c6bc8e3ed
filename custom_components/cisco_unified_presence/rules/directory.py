"""Whom a rule is about: words and targets resolved to people.

Source: docs/rules.md, "People".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers import target
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from propcache.api import cached_property

from ..const import DOMAIN
from ..people import Person, contact_key, people_of

REFERENCES = (ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

# These may be empty for now; an entity or device that means no person is an error.
_PLACES = (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

_REGISTRIES = (
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    ar.EVENT_AREA_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    lr.EVENT_LABEL_REGISTRY_UPDATED,
)

type PersonId = tuple[str, str]
"""An entry's id, and the key of a person within it."""


@dataclass(frozen=True, slots=True)
class ResolvedPeople:
    """Whom a selection means now.

    Attributes:
        people: The controlled people of loaded entries.
        unmatched: The words and ids that match no controlled person.
    """

    people: frozenset[PersonId]
    unmatched: tuple[str, ...] = ()


class PeopleDirectory:
    """The people that rules can name, as of one moment.

    Indexes are built on first use: there may be many people and no rules.
    """

    def __init__(self, hass: HomeAssistant, loaded: Mapping[str, Mapping[str, Person]]) -> None:
        """Initialize with the people of the loaded entries, by entry id and key."""
        self._hass = hass
        self._loaded = loaded

    @cached_property
    def _named(self) -> Mapping[str, set[PersonId]]:
        named: defaultdict[str, set[PersonId]] = defaultdict(set)
        for entry_id, person in self._controlled():
            named[person.user.casefold()].add((entry_id, person.key))
            named[person.key].add((entry_id, person.key))
        return named

    @cached_property
    def _by_subentry(self) -> Mapping[str, PersonId]:
        return {
            person.subentry_id: (entry_id, person.key) for entry_id, person in self._controlled()
        }

    def _controlled(self) -> Iterator[tuple[str, Person]]:
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            people = self._loaded.get(entry.entry_id)
            for person in (people_of(entry) if people is None else people).values():
                if person.controlled:
                    yield entry.entry_id, person

    def is_loaded(self, person: PersonId) -> bool:
        return person[0] in self._loaded

    def by_word(self, word: str) -> set[PersonId] | None:
        """Return whom a word means, None when it matches nothing."""
        if named := self._named.get(contact_key(word)):
            return named
        if entity := self._by_target(ATTR_ENTITY_ID, word):
            return entity
        return next(
            (self._by_target(kind, place) for kind, place in _places_called(self._hass, word)),
            None,
        )

    def by_id(self, kind: str, identifier: str) -> set[PersonId] | None:
        """Return whom a part of a target means, None when it matches nothing."""
        found = self._by_target(kind, identifier)
        if found or (kind in _PLACES and _exists(self._hass, kind, identifier)):
            return found
        return None

    def _by_target(self, kind: str, identifier: str) -> set[PersonId]:
        registry = er.async_get(self._hass)
        selected = target.async_extract_referenced_entity_ids(
            self._hass, target.TargetSelection({kind: [identifier]}), expand_group=False
        )
        found: set[PersonId] = set()
        for entity_id in selected.referenced | selected.indirectly_referenced:
            entity = registry.async_get(entity_id)
            if entity is None or entity.platform != DOMAIN:
                continue
            if person := self._by_subentry.get(entity.config_subentry_id or ""):
                found.add(person)
        return found


@dataclass(frozen=True, slots=True)
class PeopleSelection:
    """Whom a rule names.

    Attributes:
        words: User names, contact URIs, entities, areas, floors or labels.
        ids: The parts of targets as actions take them: the kind, and the id.
    """

    words: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, references: Iterable[str | Mapping[str, Any]]) -> Self:
        listed = list(references)
        return cls(
            words=tuple(each for each in listed if isinstance(each, str)),
            ids=tuple(
                (kind, identifier)
                for each in listed
                if not isinstance(each, str)
                for kind, identifiers in each.items()
                for identifier in identifiers
            ),
        )

    def resolve(self, directory: PeopleDirectory) -> ResolvedPeople:
        named = [(word, directory.by_word(word)) for word in self.words]
        named += [(identifier, directory.by_id(kind, identifier)) for kind, identifier in self.ids]
        people: set[PersonId] = set().union(*(found for _, found in named if found))
        return ResolvedPeople(
            people=frozenset(each for each in people if directory.is_loaded(each)),
            unmatched=tuple(word for word, found in named if found is None),
        )


@callback
def async_track_directory(hass: HomeAssistant, on_change: Callable[[], None]) -> None:
    """Call whenever a word or a target may mean other people than before."""

    @callback
    def registry_changed(_event: Event[Any]) -> None:
        on_change()

    @callback
    def entity_changed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        entity = er.async_get(hass).async_get(event.data["entity_id"])
        if entity is None or entity.platform == DOMAIN:
            on_change()

    @callback
    def entry_changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            on_change()

    for event_type in _REGISTRIES:
        hass.bus.async_listen(event_type, registry_changed)
    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, entity_changed)
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)


def _places_called(hass: HomeAssistant, word: str) -> Iterator[tuple[str, str]]:
    """Iterate over the area, floor and label with this id or name."""
    areas, floors, labels = ar.async_get(hass), fr.async_get(hass), lr.async_get(hass)
    if area := areas.async_get_area(word) or areas.async_get_area_by_name(word):
        yield ATTR_AREA_ID, area.id
    if floor := floors.async_get_floor(word) or floors.async_get_floor_by_name(word):
        yield ATTR_FLOOR_ID, floor.floor_id
    if label := labels.async_get_label(word) or labels.async_get_label_by_name(word):
        yield ATTR_LABEL_ID, label.label_id


def _exists(hass: HomeAssistant, kind: str, identifier: str) -> bool:
    return (kind, identifier) in _places_called(hass, identifier)
