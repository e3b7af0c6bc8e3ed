"""Whom a rule is about: words and targets resolved to people.

Source: docs/rules.md, "People".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.config_entries import (
    ConfigSubentry,
)
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers import target
from propcache.api import cached_property

from ..const import DOMAIN, SUBENTRY_GROUP
from ..people import Person, contact_key, people_of

CONF_PEOPLE: Final = "people"

# Means everyone, unless a person, a group or a place has this name.
EVERYONE: Final = "all"

REFERENCES = (ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

# These may be empty for now; an entity or device that means no person is an error.
_PLACES = (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

type PersonId = tuple[str, str]
"""An entry's id, and the key of a person within it."""


@dataclass(frozen=True, slots=True)
class ResolvedPeople:
    """Whom a selection means now.

    Attributes:
        people: The people of loaded entries.
        unmatched: The words and ids that match no person.
    """

    people: frozenset[PersonId]
    unmatched: tuple[str, ...] = ()

    def without(self, others: Self) -> ResolvedPeople:
        """Return those who are not among others; what matches nobody counts on both sides."""
        return ResolvedPeople(self.people - others.people, (*self.unmatched, *others.unmatched))


class PeopleDirectory:
    """The people that rules and groups can name, as of one moment.

    Indexes are built on first use: there may be many people and no rules.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        loaded: Mapping[str, Mapping[str, Person]],
        *,
        controlled_only: bool = True,
    ) -> None:
        """Initialize.

        Args:
            hass: Home Assistant.
            loaded: The people of the loaded entries, by entry id and key.
            controlled_only: Leave out people who are only watched.
        """
        self._hass = hass
        self._loaded = loaded
        self._controlled_only = controlled_only
        self._devices = dr.async_get(hass)
        self._entities = er.async_get(hass)
        self._places = _Places(hass)
        # Of the groups that are being resolved: a group may name itself by way of others.
        self._open_groups: set[str] = set()

    @cached_property
    def _named(self) -> Mapping[str, set[PersonId]]:
        named: defaultdict[str, set[PersonId]] = defaultdict(set)
        for entry_id, person in self._people():
            named[person.user.casefold()].add((entry_id, person.key))
            named[person.key].add((entry_id, person.key))
        return named

    @cached_property
    def _groups(self) -> Mapping[str, ConfigSubentry]:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return {
            group.subentry_id: group
            for entry in entries
            for group in entry.get_subentries_of_type(SUBENTRY_GROUP)
        }

    @cached_property
    def _by_subentry(self) -> Mapping[str, PersonId]:
        return {person.subentry_id: (entry_id, person.key) for entry_id, person in self._people()}

    @cached_property
    def _by_linked_person(self) -> Mapping[str, set[PersonId]]:
        linked: defaultdict[str, set[PersonId]] = defaultdict(set)
        for entry_id, person in self._people():
            for link, entity_id in person.linked:
                if link == "person":
                    linked[entity_id].add((entry_id, person.key))
        return linked

    def _people(self) -> Iterator[tuple[str, Person]]:
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            people = self._loaded.get(entry.entry_id)
            for person in (people_of(entry) if people is None else people).values():
                if person.controlled or not self._controlled_only:
                    yield entry.entry_id, person

    def is_loaded(self, person: PersonId) -> bool:
        return person[0] in self._loaded

    def by_word(self, word: str) -> set[PersonId] | None:
        """Return whom a word means, None when it matches nothing."""
        return self.by_spelling(Spelling.of(word))

    def by_spelling(self, spelling: Spelling) -> set[PersonId] | None:
        """Return whom a word means that has been prepared, None when it matches nothing."""
        word, kind = spelling.word, spelling.kind
        if group := self._groups.get(word):
            return self.in_group(group)
        if named := self._named.get(spelling.key):
            return named
        # A rule may name thousands who are gone: what it cannot mean is not searched for.
        if kind and self._is_registered(kind, word) and (found := self._by_target(kind, word)):
            return found
        return self._by_name(word) if spelling.name in self._names else None

    @cached_property
    def _names(self) -> frozenset[str]:
        """The ids and names of groups and places, normalized, and the word for everyone."""
        groups = (each for group in self._groups.items() for each in (group[0], group[1].title))
        return frozenset(map(_normalized, (*groups, *self._places.words, EVERYONE)))

    def _is_registered(self, kind: str, identifier: str) -> bool:
        if kind == ATTR_DEVICE_ID:
            return self._devices.async_get(identifier) is not None
        if self._entities.async_get(identifier) is not None:
            return True
        return identifier in self._by_linked_person

    def _by_name(self, word: str) -> set[PersonId] | None:
        if groups := self._groups_by_name.get(word.casefold()):
            return set[PersonId]().union(*map(self.in_group, groups))
        for kind, place in self._places.called(word):
            return self._by_target(kind, place)
        return set(self._by_subentry.values()) if word.casefold() == EVERYONE else None

    def by_id(self, kind: str, identifier: str) -> set[PersonId] | None:
        """Return whom a part of a target means, None when it matches nothing."""
        found = self._by_target(kind, identifier)
        if found or (kind, identifier) in self._places.called(identifier):
            return found
        # A group may be empty for now, as an area may.
        is_of_group = any(each in self._groups for each in self._subentries_in(kind, identifier))
        return found if is_of_group else None

    def labels(self) -> dict[str, str]:
        """Return the names of all people and groups, by the words that stand for them.

        The word for a group is the id of its subentry, which outlives a new name.
        """
        people = [person for _, person in self._people()]
        times = Counter(person.name for person in people)
        return {
            **{
                person.key: person.name
                if times[person.name] == 1
                else f"{person.name} ({person.contact})"
                for person in people
            },
            **{group.subentry_id: group.title for group in self._groups.values()},
        }

    def word_of(self, kind: str, identifier: str) -> str | None:
        """Return the word for the person or group that a part of a target stands for.

        None for places, and where the word would mean others as well.
        """
        if kind in _PLACES:
            return None
        subentries = set(self._subentries_in(kind, identifier))
        if len(subentries) != 1:
            return None
        (subentry_id,) = subentries
        if subentry_id in self._groups:
            return subentry_id
        person = self._by_subentry.get(subentry_id)
        return person[1] if person and self._named[person[1]] == {person} else None

    def in_group(self, group: ConfigSubentry) -> set[PersonId]:
        """Return who is in a group; a group's people are those of its entry."""
        if group.subentry_id in self._open_groups:
            return set()
        self._open_groups.add(group.subentry_id)
        try:
            people = PeopleSelection.of(group.data[CONF_PEOPLE]).found_in(self)
        finally:
            self._open_groups.remove(group.subentry_id)
        entry_id = self._entry_of_group[group.subentry_id]
        return {each for each in people if each[0] == entry_id}

    @cached_property
    def _entry_of_group(self) -> Mapping[str, str]:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return {each: entry.entry_id for entry in entries for each in entry.subentries}

    @cached_property
    def _groups_by_name(self) -> Mapping[str, list[ConfigSubentry]]:
        named: defaultdict[str, list[ConfigSubentry]] = defaultdict(list)
        for group in self._groups.values():
            named[group.title.casefold()].append(group)
        return named

    def _by_target(self, kind: str, identifier: str) -> set[PersonId]:
        found: set[PersonId] = set()
        if kind == ATTR_ENTITY_ID:
            found |= self._by_linked_person.get(identifier, set())
        for subentry_id in set(self._subentries_in(kind, identifier)):
            if person := self._by_subentry.get(subentry_id):
                found.add(person)
            elif group := self._groups.get(subentry_id):
                found |= self.in_group(group)
        return found

    def _subentries_in(self, kind: str, identifier: str) -> Iterator[str]:
        """Iterate over the subentries whose entities are meant."""
        for entity_id in self._entity_ids_in(kind, identifier):
            entity = self._entities.async_get(entity_id)
            if entity and entity.config_subentry_id:
                yield entity.config_subentry_id

    def _entity_ids_in(self, kind: str, identifier: str) -> Iterable[str]:
        if kind == ATTR_ENTITY_ID:
            return (identifier,)
        selected = target.async_extract_referenced_entity_ids(
            self._hass, target.TargetSelection({kind: [identifier]})
        )
        return selected.indirectly_referenced


def _normalized(name: str) -> str:
    """Return a name as the registries of Home Assistant compare it."""
    return name.casefold().replace(" ", "")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of a rule in the forms in which it is compared.

    Attributes:
        word: As it was written.
        key: As a contact key.
        name: As the name of a group or a place.
        kind: Which kind of id it can be, None where it can be none.
    """

    word: str
    key: str
    name: str
    kind: str | None

    @classmethod
    def of(cls, word: str) -> Self:
        return cls(word, contact_key(word), _normalized(word), _kind_of_id(word))


def _kind_of_id(word: str) -> str | None:
    if "@" in word:
        return None
    return ATTR_ENTITY_ID if "." in word else ATTR_DEVICE_ID


@dataclass(frozen=True)
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
                for identifier in ([identifiers] if isinstance(identifiers, str) else identifiers)
            ),
        )

    def resolve(self, directory: PeopleDirectory) -> ResolvedPeople:
        named = self._named(directory)
        people: set[PersonId] = set().union(*(found for _, found in named if found))
        return ResolvedPeople(
            people=frozenset(each for each in people if directory.is_loaded(each)),
            unmatched=tuple(word for word, found in named if found is None),
        )

    def found_in(self, directory: PeopleDirectory) -> set[PersonId]:
        """Return whom it means, whether or not their entries are loaded."""
        return set[PersonId]().union(*(found for _, found in self._named(directory) if found))

    @cached_property
    def _spellings(self) -> tuple[Spelling, ...]:
        # Looked for at each change of a registry, and there may be thousands.
        return tuple(map(Spelling.of, self.words))

    def _named(self, directory: PeopleDirectory) -> list[tuple[str, set[PersonId] | None]]:
        named = [(each.word, directory.by_spelling(each)) for each in self._spellings]
        named += [(identifier, directory.by_id(kind, identifier)) for kind, identifier in self.ids]
        return named


class _Places:
    """The areas, floors and labels that a word may mean."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._areas = ar.async_get(hass)
        self._floors = fr.async_get(hass)
        self._labels = lr.async_get(hass)

    def called(self, word: str) -> Iterator[tuple[str, str]]:
        """Iterate over the area, floor and label with this id or name."""
        areas, floors, labels = self._areas, self._floors, self._labels
        if area := areas.async_get_area(word) or areas.async_get_area_by_name(word):
            yield ATTR_AREA_ID, area.id
        if floor := floors.async_get_floor(word) or floors.async_get_floor_by_name(word):
            yield ATTR_FLOOR_ID, floor.floor_id
        if label := labels.async_get_label(word) or labels.async_get_label_by_name(word):
            yield ATTR_LABEL_ID, label.label_id

    @property
    def words(self) -> Iterator[str]:
        """Iterate over the ids and names of all."""
        for area in self._areas.async_list_areas():
            yield from (area.id, area.name)
        for floor in self._floors.async_list_floors():
            yield from (floor.floor_id, floor.name)
        for label in self._labels.async_list_labels():
            yield from (label.label_id, label.name)


def people_in_groups(
    hass: HomeAssistant,
    entry_id: str,
    people: Mapping[str, Person],
    groups: Iterable[ConfigSubentry],
) -> dict[str, list[str]]:
    """Return the keys of the people in groups of an entry, by the ids of the groups.

    They may be only watched.
    """
    directory = PeopleDirectory(hass, {entry_id: people}, controlled_only=False)
    return {each.subentry_id: [key for _, key in directory.in_group(each)] for each in groups}
