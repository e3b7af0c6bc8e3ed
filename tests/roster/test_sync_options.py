"""The contact list of an entry: options, names, labels and certificates."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.diagnostics import async_get_config_entry_diagnostics
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster.sync import _why_useless
from custom_components.cisco_unified_presence.settings import ContactListSettings
from custom_components.cisco_unified_presence.trust import with_contact_service_pin
from tests.common.flows import Walk
from tests.common.live_channel import issue_of
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled, until
from tests.roster.followed_list import (
    CONFIGURATION,
    DAY,
    FRIENDS,
    TEAM,
    follow,
    followed,
    lists_of,
    names_in,
    people_added,
    read_again,
    users_in,
)


@pytest.fixture
def cup_configuration() -> Configuration:
    return CONFIGURATION


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return people_added()


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {"contact_list": True}


pytestmark = pytest.mark.usefixtures("handshakes_may_fail", "stopped_clock", "contact_list")


async def test_a_group_is_followed(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    running = loaded.runtime_data
    await follow(hass, cup, loaded, group="Team")
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    assert loaded.runtime_data is running
    await pass_time(freezer, cup, DAY)
    await until(lambda: "emil" not in users_in(loaded))
    assert users_in(loaded) == {"anna", "ben", "dora"}


async def test_people_are_added_and_never_removed(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    await follow(hass, cup, loaded, removes=False)
    lists_of(cup).replace("watcher", {"Team": ["finn@example.com"]})
    await read_again(freezer, cup)
    await until(lambda: "finn" in users_in(loaded))
    await pass_time(freezer, cup, 2 * DAY)
    assert {"dora", "emil", "finn"} <= users_in(loaded)
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None


async def test_without_the_option_nothing_is_read_and_nobody_goes(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", contact_list=False)
    assert "contact_list" not in walk.created
    await hass.async_block_till_done()
    lists_of(cup).replace("watcher", {"Team": ["finn@example.com"]})
    await pass_time(freezer, cup, 2 * DAY)
    assert users_in(loaded) == {"anna", "ben", "dora", "emil"}
    # A person who was on the list may be added again.
    await follow(hass, cup, loaded)
    await until(lambda: "finn" in users_in(loaded))


async def test_nicknames_are_followed_unless_the_user_gave_a_name(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).call("watcher", "emil@example.com", "Emmi")
    lists_of(cup).call("watcher", "dora@example.com", "Dorle")
    lists_of(cup).call("watcher", "anna@example.com", "Nanni")
    await read_again(freezer, cup)
    await until(lambda: names_in(loaded)["dora"] == "Dorle")
    await until(lambda: names_in(loaded)["emil"] == "Emmi")
    assert names_in(loaded)["anna"] == "Annie"
    lists_of(cup).call("watcher", "emil@example.com", None)
    await pass_time(freezer, cup, DAY)
    await until(lambda: names_in(loaded)["emil"] == "Emil Server")


def labels_of(hass: HomeAssistant, entry: MockConfigEntry, user: str) -> set[str]:
    registry = lr.async_get(hass)
    identifier = (DOMAIN, f"{entry.entry_id}_{user}@example.com")
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    ids = device.labels if device else set()
    return {label.name for each in ids if (label := registry.async_get_label(each))}


async def test_groups_become_labels_and_only_ours_are_taken_away(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    await hass.async_block_till_done()
    assert labels_of(hass, loaded, "dora") == set()
    registry = lr.async_get(hass)
    friends = registry.async_create("Friends")
    identifier = (DOMAIN, f"{loaded.entry_id}_emil@example.com")
    devices = dr.async_get(hass)
    emil = devices.async_get_device_by_identifier(identifier, loaded.entry_id)
    assert emil
    devices.async_update_device(emil.id, labels={friends.label_id})
    await follow(hass, cup, loaded, labels=True)
    await until(lambda: labels_of(hass, loaded, "dora") == {"Team", "Friends"})
    await until(lambda: labels_of(hass, loaded, "anna") == {"Team"})
    assert labels_of(hass, loaded, "emil") == {"Friends"}
    # A device that is made later has its labels too.
    lists_of(cup).add("watcher", "Team", "finn@example.com")
    lists_of(cup).remove("watcher", "Team", "dora@example.com")
    await read_again(freezer, cup)
    await until(lambda: labels_of(hass, loaded, "finn") == {"Team"})
    await until(lambda: labels_of(hass, loaded, "dora") == {"Friends"})
    # A list that tells nothing takes no label away.
    before = dict(lists_of(cup).of("watcher"))
    lists_of(cup).replace("watcher", {})
    await read_again(freezer, cup)
    assert labels_of(hass, loaded, "dora") == {"Friends"}
    lists_of(cup).replace("watcher", before)
    await follow(hass, cup, loaded, labels=False)
    await until(lambda: labels_of(hass, loaded, "dora") == set())
    assert labels_of(hass, loaded, "emil") == {"Friends"}
    # What was made for it is gone, what the user made stays.
    await until(lambda: registry.async_get_label_by_name("Team") is None)
    assert registry.async_get_label_by_name("Friends")


async def test_an_unreadable_contact_removes_nobody(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).replace("watcher", {"Team": ["anna@example.com", "no user@exa mple"]})
    for _ in range(3):
        await pass_time(freezer, cup, DAY)
    assert {"dora", "emil"} <= users_in(loaded)
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None


async def test_the_certificate_is_trusted_in_the_options(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    port = cup.simulator.ports.epas
    data = with_contact_service_pin(loaded.data, "127.0.0.1", port, "ab" * 32)
    hass.config_entries.async_update_entry(loaded, data=data)
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", contact_list=True)
    assert "AB:AB" in walk.sentence
    await walk.fill_in("certificate")
    assert walk.step == "contact_list"
    assert "3 contacts" in walk.sentence or "4 contacts" in walk.sentence
    await walk.fill_in("contact_list", contact_list_group="Friends")
    assert walk.created["contact_list_group"] == "Friends"


async def test_the_certificate_is_trusted_in_the_repair(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await followed(cup, loaded)
    monkeypatch.delenv("SSL_CERT_FILE")
    for _ in range(6):
        await read_again(freezer, cup)
    issue = issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE)
    assert issue
    assert "certificate" in (issue.translation_placeholders or {})["detail"]
    walk = await Walk.repair(hass, loaded.entry_id, Issue.CONTACT_LIST_UNAVAILABLE)
    assert walk.step == "certificate"
    await walk.fill_in("certificate")
    assert walk.created == {}
    assert issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE) is None


async def test_diagnostics(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    await follow(hass, cup, loaded, group="Team")
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    report = await async_get_config_entry_diagnostics(hass, loaded)
    told = report["running"]["contact_list"]
    assert told["contacts"] == 2
    assert told["people"] == 2
    assert len(told["missing"]) == 1
    assert "emil" not in str(report).lower()
    assert "Team" not in str(report)


@pytest.fixture
def two_pages_of_people() -> list[str]:
    return [f"user{number}@example.com" for number in range(200)]


async def test_many_are_added_in_one_step(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    two_pages_of_people: list[str],
) -> None:
    await followed(cup, loaded)
    await settled(cup)
    before = cup.asked("PUT", "/subscriptions/")
    lists_of(cup).replace("watcher", {"Team": [*TEAM, *FRIENDS, *two_pages_of_people]})
    await read_again(freezer, cup)
    await until(lambda: len(users_in(loaded)) == 204)
    await hass.async_block_till_done()
    await settled(cup)
    assert cup.asked("PUT", "/subscriptions/") - before == 1


@pytest.mark.parametrize(
    ("groups", "group", "key", "placeholders"),
    [
        (("Team",), "Elsewhere", "contact_list_group_missing", {"group": "Elsewhere"}),
        ((), "Elsewhere", "contact_list_empty", None),
        ((), None, "contact_list_empty", None),
    ],
)
def test_why_a_list_does_not_tell_who_is_absent(
    groups: tuple[str, ...], group: str | None, key: str, placeholders: dict[str, str] | None
) -> None:
    listed = ContactList(tuple(ContactGroup(name, ()) for name in groups))
    settings = ContactListSettings(group=group, removes=True, labels=False)
    why = _why_useless(listed, settings)
    assert (why.translation_domain, why.translation_key, why.translation_placeholders) == (
        DOMAIN,
        key,
        placeholders,
    )
