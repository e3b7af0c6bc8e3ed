"""Whom a name, a group and a user mean, over people of several servers."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import Person, person_unique_id
from custom_components.cisco_unified_presence.runtime import CupConfigEntry
from custom_components.cisco_unified_presence.voice.directory import (
    SpokenGroup,
    SpokenPerson,
    VoiceDirectory,
    speaking_entries,
)
from custom_components.cisco_unified_presence.voice.names import NameIndex
from tests.common.people import people

LOADED, RETRYING = ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY


def server(
    *, is_loaded: bool = True, reachable: bool = True, groups: dict[str, Any] | None = None
) -> CupConfigEntry:
    """Return the entry of a server; one that is not loaded has no running parts."""
    title = "Main" if is_loaded and reachable else "Branch"
    state = LOADED if is_loaded else RETRYING
    entry = SimpleNamespace(entry_id="server", title=title, state=state)
    if is_loaded:
        coordinator = SimpleNamespace(reachable=reachable)
        entry.runtime_data = SimpleNamespace(coordinator=coordinator, groups=groups or {})
    return cast("CupConfigEntry", entry)


def anna(subentry_id: str, *, controlled: bool = False, **links: str) -> Person:
    (person,) = people("anna@example.com").values()
    return replace(
        person,
        subentry_id=subentry_id,
        name="Anna Lindqvist",
        controlled=controlled,
        linked=tuple(links.items()),
    )


def directory(
    *spoken: SpokenPerson, groups: dict[str, SpokenGroup] | None = None
) -> VoiceDirectory:
    by_id = {each.person.subentry_id: each for each in spoken}
    groups = groups or {}
    return VoiceDirectory(
        by_id,
        groups,
        NameIndex.of_people({key: [each.person.name] for key, each in by_id.items()}),
        NameIndex.of_groups({key: [each.name] for key, each in groups.items()}),
    )


BEST = SpokenPerson(anna("best", controlled=True), server())


@pytest.mark.parametrize(
    "other",
    [
        SpokenPerson(anna("other"), server()),
        SpokenPerson(anna("other", controlled=True), server(reachable=False)),
        SpokenPerson(anna("other", controlled=True), server(is_loaded=False)),
    ],
)
def test_of_one_person_at_two_servers_the_one_that_answers_best_is_meant(
    other: SpokenPerson,
) -> None:
    assert directory(other, BEST).find("Anna") == [BEST]
    assert directory(BEST, other).find("Anna") == [BEST]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # Whether the server answers counts before whether the presence is controlled.
        (
            SpokenPerson(anna("a"), server()),
            SpokenPerson(anna("b", controlled=True), server(reachable=False)),
        ),
        # Both servers are silent.
        (
            SpokenPerson(anna("a", controlled=True), server(is_loaded=False)),
            SpokenPerson(anna("b"), server(reachable=False)),
        ),
        (
            SpokenPerson(anna("a"), server(reachable=False)),
            SpokenPerson(anna("b"), server(is_loaded=False)),
        ),
    ],
)
def test_what_makes_a_server_answer_best(better: SpokenPerson, worse: SpokenPerson) -> None:
    assert directory(worse, better).find("Anna") == [better]
    assert directory(better, worse).find("Anna") == [better]


def test_of_two_that_answer_as_well_the_first_is_meant() -> None:
    same = SpokenPerson(anna("same", controlled=True), server())
    assert directory(BEST, same).find("Anna") == [BEST]
    assert directory(same, BEST).find("Anna") == [same]


def test_who_has_the_same_name_is_meant_too_and_ids_are_names() -> None:
    other = replace(anna("other"), contact="anna@example.org", name="Anna Kessler")
    spoken = directory(BEST, SpokenPerson(other, server()))
    assert [each.name for each in spoken.find("anna")] == ["Anna Lindqvist", "Anna Kessler"]
    assert [each.name for each in spoken.find("other")] == ["Anna Kessler"]
    assert [each.name for each in spoken.find("best|other")] == ["Anna Lindqvist", "Anna Kessler"]
    assert spoken.find("best|gone") == []


def test_members_of_groups_that_are_not_running_are_left_out() -> None:
    members = (BEST.person, anna("gone"))
    running = server(groups={"hotline": SimpleNamespace(members=members)})
    groups = {
        each.subentry_id: each
        for each in (
            SpokenGroup("Silent", "silent", server(is_loaded=False)),
            SpokenGroup("Kitchen", "kitchen", running),
            SpokenGroup("Hotline", "hotline", running),
        )
    }
    spoken = directory(BEST, groups=groups)
    assert spoken.members_of(groups.values()) == [BEST]
    assert spoken.find_groups("hotline") == [groups["hotline"]]
    assert spoken.find_groups("kitchen|hotline") == [groups["kitchen"], groups["hotline"]]
    assert spoken.find_groups("gone") == []


async def test_the_person_of_a_user(hass: HomeAssistant) -> None:
    def found(*spoken: SpokenPerson) -> SpokenPerson | None:
        return directory(*spoken).person_of_user(hass, "user")

    hass.states.async_set("person.other", "home", {"friendly_name": "Anna Lindqvist"})
    assert found(BEST) is None
    hass.states.async_set("person.me", "home", {"friendly_name": "Anna", "user_id": "user"})
    assert found() is None
    assert found(BEST) == BEST
    # Linked people come before those of the name, and of one person the best.
    linked = replace(anna("linked", person="person.me"), contact="ben@example.com", name="Ben Ito")
    silent = SpokenPerson(linked, server(reachable=False))
    assert found(BEST, silent) == silent
    reachable = SpokenPerson(replace(linked, subentry_id="reachable"), server())
    assert found(silent, reachable) == reachable
    assert found(reachable, silent) == reachable
    # Two people are linked.
    other = SpokenPerson(
        replace(linked, subentry_id="clara", contact="clara@example.com"), server()
    )
    assert found(silent, other) is None


async def test_the_entities_of_a_person_and_who_may_read_them(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    spoken = SpokenPerson(anna("anna"), cast("CupConfigEntry", entry))
    user = MockUser(name="Guest").add_to_hass(hass)
    assert spoken.entity_ids(hass) == []
    assert spoken.may_be_read_by(hass, None)
    assert not spoken.may_be_read_by(hass, user)

    unique_id = person_unique_id(entry.entry_id, spoken.person.key, "presence")
    for platform in ("select", "sensor"):
        er.async_get(hass).async_get_or_create(
            platform, DOMAIN, unique_id, suggested_object_id="anna", config_entry=entry
        )
    assert spoken.entity_ids(hass) == ["sensor.anna", "select.anna"]
    for readable, expected in (("select.anna", False), ("sensor.anna", True)):
        user.mock_policy({"entities": {"entity_ids": {readable: {"read": True}}}})
        assert spoken.may_be_read_by(hass, user) is expected
    user.mock_policy({"entities": {"entity_ids": {"sensor.anna": {"control": True}}}})
    assert not spoken.may_be_read_by(hass, user)


async def test_people_of_entries_that_want_it_and_are_not_disabled_are_spoken_about(
    hass: HomeAssistant,
) -> None:
    speaking = MockConfigEntry(domain=DOMAIN, options={"voice_sentences": True})
    for each in (
        speaking,
        MockConfigEntry(domain=DOMAIN),
        MockConfigEntry(domain=DOMAIN, options={"voice_sentences": False}),
        MockConfigEntry(
            domain=DOMAIN,
            options={"voice_sentences": True},
            disabled_by=ConfigEntryDisabler.USER,
        ),
        MockConfigEntry(domain=DOMAIN, options={"voice_sentences": True}, source="ignore"),
    ):
        each.add_to_hass(hass)
    assert speaking_entries(hass) == [speaking]
