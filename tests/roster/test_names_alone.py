"""Names of people: which source counts, when each is asked, and what is taken over."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.pws import ContactPresence
from custom_components.cisco_unified_presence.roster import names
from tests.common.entry import person
from tests.common.pauses import note_pauses
from tests.roster.named_alone import ANNA, BEN, CLARA, DOWN, Named, document_of


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


async def test_with_rich_presence_the_configuration_is_read_after_a_minute_and_daily(
    named: Named,
) -> None:
    named.names = named.make(rich=True)
    named.client.logged_in_users = {"anna"}
    await named.start()
    assert named.asked_configured == []
    await named.pass_time(61)
    assert named.asked_configured == ["anna"]
    await named.pass_time(86400)
    assert named.asked_configured == ["anna", "anna"]


@pytest.mark.parametrize("user", ["anna", "ben"])
async def test_who_is_not_logged_in_keeps_nobody_from_being_read(named: Named, user: str) -> None:
    named.client.logged_in_users = {user}
    await named.start()
    assert named.asked_configured == [user]


async def test_others_have_their_turn_while_names_are_taken_over(
    named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_NAMES_PER_BATCH", 1)
    pauses = note_pauses(monkeypatch)
    named.names.async_set_nicknames({ANNA: "Annie", BEN: "Benny"})
    assert named.titles[:2] == ["Annie", "Benny"]
    assert pauses == [0, 0]


async def test_a_nickname_of_somebody_who_is_no_person_is_passed_over(
    named: Named, caplog: pytest.LogCaptureFixture
) -> None:
    await named.start()
    named.names.async_set_nicknames({"stranger@example.com": "Nobody", ANNA: "Annie"})
    await named.done()
    assert named.titles == ["Annie", "Ben", "Clärchen"]
    assert "ended unexpectedly" not in caplog.text


async def test_a_name_of_a_person_who_has_just_been_removed_is_passed_over(
    hass: HomeAssistant, named: Named, caplog: pytest.LogCaptureFixture
) -> None:
    await named.start()
    anna = next(iter(named.entry.subentries))
    hass.config_entries.async_remove_subentry(named.entry, anna)
    # The coordinator has not been told yet.
    await named.document(ANNA, "Anna B.")
    assert named.titles == ["Ben", "Clärchen"]
    assert "ended unexpectedly" not in caplog.text


async def test_who_goes_while_names_are_read_is_not_asked_for(
    hass: HomeAssistant,
    named: Named,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = asyncio.Event()

    async def poll_contacts(*_: Any, **__: Any) -> list[ContactPresence]:
        await told.wait()
        return []

    monkeypatch.setattr(named.client, "poll_contacts", poll_contacts)
    named.client.logged_in_users = {"anna", "ben"}
    named.names.async_start()
    anna = next(iter(named.entry.subentries))
    hass.config_entries.async_remove_subentry(named.entry, anna)
    named.take_up()
    told.set()
    await named.done()
    assert named.asked_configured == ["ben"]
    assert "ended unexpectedly" not in caplog.text
