"""People who follow the watcher's contact list, over real sockets."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.const import DOMAIN, SUBENTRY_PERSON
from custom_components.cisco_unified_presence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster.sync import _why_useless
from custom_components.cisco_unified_presence.settings import ContactListSettings
from custom_components.cisco_unified_presence.trust import with_contact_service_pin
from tests.common.entry import person
from tests.common.flows import Walk
from tests.common.live_channel import issue_of
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import pass_time, settled, until

MINUTE, HOUR, DAY = 60, 3600, 86400
READ = 15 * MINUTE

TEAM = ("anna@example.com", "dora@example.com")
FRIENDS = ("emil@example.com", "DORA@example.com")


@pytest.fixture
def cup_configuration() -> Configuration:
    users = ("anna", "ben", "dora", "emil", "finn")
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            *(ConfiguredPerson(user, f"{user.title()} Server") for user in users),
            ConfiguredPerson(
                "watcher",
                "Watcher",
                contacts={"Team": TEAM, "Friends": FRIENDS},
                nicknames={"emil@example.com": "Emmy"},
            ),
        ),
    )


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna was added by hand and is on the list, Ben is not."""
    return [person("anna", name="Annie"), person("ben", name="Benny")]


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {"contact_list": True}


@pytest.fixture(autouse=True)
def _handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate."""
    hass.loop.set_debug(False)


@pytest.fixture(autouse=True)
def _frozen(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before a reading of the list begins, whose time-outs would be over at once."""


@pytest.fixture
def contact_list(trusted_client_configuration: None) -> None:
    """Make the contact list of the simulated server readable."""


pytestmark = pytest.mark.usefixtures("contact_list")


def names_in(entry: MockConfigEntry) -> dict[str, str]:
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return {each.data["user"].lower(): each.title for each in people}


def users_in(entry: MockConfigEntry) -> set[str]:
    return set(names_in(entry))


def lists_of(cup: Cup) -> Any:
    return cup.simulator.deployment.contact_lists


async def read_again(freezer: FrozenDateTimeFactory, cup: Cup) -> None:
    await reading_ended()
    await pass_time(freezer, cup, READ)
    await reading_ended()


async def reading_ended() -> None:
    """Wait for a reading that is under way: it would run out of time when the clock moves."""
    await until(
        lambda: not any(each.get_name().endswith("contact list") for each in asyncio.all_tasks())
    )


async def followed(cup: Cup, entry: MockConfigEntry) -> None:
    """Wait until the list has been read and everything is done that it came to."""
    await until(lambda: "emil" in users_in(entry))
    await settled(cup)


async def test_who_is_on_the_list_appears_as_a_person_who_is_watched(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await until(lambda: users_in(loaded) == {"anna", "ben", "dora", "emil"})
    # Names: the user's, the server's, and the list's before the server's.
    assert names_in(loaded) == {
        "anna": "Annie",
        "ben": "Benny",
        "dora": "Dora Server",
        "emil": "Emmy",
    }
    dora = next(each for each in loaded.subentries.values() if each.data["user"] == "dora")
    assert dora.data["controlled"] is False
    await until(lambda: hass.states.get("sensor.dora_server_presence"))
    await until(lambda: hass.states.get("sensor.emmy_presence"))
    await settled(cup)
    [subscription] = (await cup.state())["subscriptions"]
    assert len(subscription["contacts"]) == 4
    # Nobody is logged in for it.
    assert {each["user"] for each in (await cup.state())["sessions"]} == {"hass", "watcher"}


async def test_who_is_added_later_appears_and_who_is_removed_goes_after_a_day(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).add("watcher", "Team", "finn@example.com")
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: "finn" in users_in(loaded))
    issue = issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "people": "Emmy"}
    await pass_time(freezer, cup, DAY - 2 * READ)
    assert "emil" in users_in(loaded)
    await pass_time(freezer, cup, 2 * READ)
    await until(lambda: "emil" not in users_in(loaded))
    await until(lambda: not issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await until(lambda: hass.states.get("sensor.emmy_presence") is None)
    # Those whom the user added stay, on the list or not.
    assert users_in(loaded) == {"anna", "ben", "dora", "finn"}


async def test_the_absence_is_counted_over_a_restart(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await hass.config_entries.async_unload(loaded.entry_id)
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST)
    freezer.tick(DAY)
    await hass.config_entries.async_setup(loaded.entry_id)
    await until(lambda: "emil" not in users_in(loaded))


async def test_who_comes_back_to_the_list_stays(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    lists_of(cup).add("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: not issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    await pass_time(freezer, cup, DAY)
    assert "emil" in users_in(loaded)


@pytest.mark.parametrize(("choice", "stays"), [("keep", True), ("remove", False)])
async def test_the_user_decides_at_once(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    choice: str,
    *,
    stays: bool,
) -> None:
    await followed(cup, loaded)
    lists_of(cup).remove("watcher", "Friends", "emil@example.com")
    await read_again(freezer, cup)
    await until(lambda: issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST))
    walk = await Walk.repair(hass, loaded.entry_id, Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert "Emmy" in walk.sentence
    await walk.choose("init", choice)
    assert walk.created == {}
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None
    assert ("emil" in users_in(loaded)) is stays
    await pass_time(freezer, cup, 2 * DAY)
    assert ("emil" in users_in(loaded)) is stays
    assert issue_of(hass, loaded, Issue.PEOPLE_LEFT_CONTACT_LIST) is None


async def test_whom_the_user_removes_is_not_added_again(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await followed(cup, loaded)
    await pass_time(freezer, cup, MINUTE)
    emil = next(each for each in loaded.subentries.values() if each.data["user"] == "emil")
    hass.config_entries.async_remove_subentry(loaded, emil.subentry_id)
    await read_again(freezer, cup)
    await hass.config_entries.async_reload(loaded.entry_id)
    await read_again(freezer, cup)
    assert "emil" not in users_in(loaded)


@pytest.mark.parametrize("fault", ["refuse_configuration", "sessions", "empty", "no group"])
async def test_a_list_that_cannot_be_read_removes_nobody_and_is_told_after_an_hour(
    hass: HomeAssistant,
    cup: Cup,
    loaded: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fault: str,
) -> None:
    await followed(cup, loaded)
    everybody = users_in(loaded)
    if fault == "no group":
        await follow(hass, cup, loaded, group="Elsewhere")
    elif fault == "empty":
        lists_of(cup).replace("watcher", {})
    elif fault == "sessions":
        cup.simulator.service.lose_sessions()
        lists_of(cup).replace("watcher", {})
    else:
        await cup.inject(fault)
    await read_again(freezer, cup)
    assert issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE) is None
    for _ in range(5):
        await read_again(freezer, cup)
    issue = issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE)
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["detail"]
    await pass_time(freezer, cup, 3 * DAY)
    assert users_in(loaded) == everybody
    walk = await Walk.repair(hass, loaded.entry_id, Issue.CONTACT_LIST_UNAVAILABLE)
    await walk.fill_in("confirm")
    assert walk.error == "not_read"
    await cup.heal()
    lists_of(cup).replace("watcher", {"Elsewhere": [*TEAM, *FRIENDS]})
    await walk.fill_in("confirm")
    assert walk.created == {}
    assert issue_of(hass, loaded, Issue.CONTACT_LIST_UNAVAILABLE) is None


async def follow(hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, **options: Any) -> None:
    """Choose how the list is followed."""
    names = {f"contact_list_{name}": value for name, value in options.items()}
    walk = await Walk.options(hass, entry.entry_id)
    await walk.fill_in("init", contact_list=True)
    await walk.fill_in("contact_list", **names)
    assert walk.created["contact_list"] is True
    await hass.async_block_till_done()
    await settled(cup)


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
