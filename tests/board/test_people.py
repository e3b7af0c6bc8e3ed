"""The subscription to people: who is in it, what changes, and what ends it."""

from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)
from tests.common.entry import add_group, add_person, person
from tests.common.server import Cup
from tests.common.waiting import settled

from .conftest import Browser, Open, error_text

ANNA = "sensor.anna_presence"


def names(people: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in people]


def by_name(message: dict[str, Any], key: str = "people") -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in message[key]}


async def test_the_first_message_has_everyone_and_the_server(
    hass: HomeAssistant, browser: Browser, loaded: MockConfigEntry
) -> None:
    MockConfigEntry(domain=DOMAIN, disabled_by=ConfigEntryDisabler.USER).add_to_hass(hass)
    first = await browser.subscribe("people")
    assert first["protocol"] == 1
    assert names(first["people"]) == ["Anna", "Ben", "Clara"]
    assert first["servers"] == [
        {
            "entry_id": loaded.entry_id,
            "title": "CUP",
            "connected": True,
            "state": "live",
            "reason": None,
        }
    ]
    anna, ben, _ = first["people"]
    assert anna["presence"] == "available"
    assert anna["presence_entity"] == ANNA
    assert anna["set_presence_entity"].startswith("select.anna_")
    assert anna["follow_rules_entity"] == "switch.anna_follow_rules"
    assert anna["since"] is not None
    assert (anna["controlled"], anna["may_control"], anna["source"]) == (True, True, "own")
    assert anna["reason"]
    assert (ben["presence"], ben["controlled"], ben["reason"]) == ("busy", False, None)


async def test_one_change_is_one_person(browser: Browser, cup: Cup) -> None:
    await browser.subscribe("people")
    await cup.choose("ben", "AWAY")
    message = await browser.next()
    assert message.keys() == {"changed"}
    assert [(each["name"], each["presence"]) for each in message["changed"]] == [("Ben", "away")]
    await browser.nothing()


@pytest.mark.parametrize(
    "entry_people", [[person(f"user{number:03}", controlled=True) for number in range(300)]]
)
async def test_one_change_among_many_is_one_person(
    browser: Browser, loaded: MockConfigEntry
) -> None:
    assert len((await browser.subscribe("people"))["people"]) == 300
    news = [ContactPresence("user123@example.com", Presence.BUSY)]
    loaded.runtime_data.coordinator.async_merge_fetch(news)
    assert names((await browser.next())["changed"]) == ["User123"]
    await browser.nothing()


async def test_what_is_set_is_told_with_its_source(hass: HomeAssistant, browser: Browser) -> None:
    await browser.subscribe("people")
    data = {"entity_id": ANNA, "presence": "busy", "duration": {"minutes": 30}}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)
    message = await browser.until(
        lambda each: by_name(each, "changed")["Anna"]["presence"] == "busy"
    )
    anna = by_name(message, "changed")["Anna"]
    assert (anna["source"], anna["wanted"], anna["overruled"]) == ("manual", "busy", False)
    assert anna["until"] is not None


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Anna is busy"), ("de", "Anna ist beschäftigt")]
)
async def test_the_reason_is_in_the_language_of_the_user(
    hass: HomeAssistant, browser: Browser, language: str, word: str
) -> None:
    await browser.subscribe("people", language=language)
    data = {"entity_id": ANNA, "presence": "busy"}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)
    message = await browser.until(
        lambda each: by_name(each, "changed")["Anna"]["presence"] == "busy"
    )
    assert by_name(message, "changed")["Anna"]["reason"].startswith(word)


async def test_rules_that_are_not_followed_are_told(hass: HomeAssistant, browser: Browser) -> None:
    await browser.subscribe("people")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_follow_rules"}, blocking=True
    )
    anna = by_name(await browser.next(), "changed")["Anna"]
    assert anna["follows_rules"] is False


async def test_a_pause_of_rules_is_told(hass: HomeAssistant, browser: Browser) -> None:
    await browser.subscribe("people")
    await hass.services.async_call(
        DOMAIN, "pause_rules", {"entity_id": ANNA, "duration": {"hours": 1}}, blocking=True
    )
    anna = by_name(await browser.next(), "changed")["Anna"]
    assert anna["rules_paused"] is True
    assert anna["paused_until"] is not None


@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
async def test_notes_are_told_as_they_are_written(browser: Browser, cup: Cup) -> None:
    note = "<b>Back</b> at 14:00 & later אב"
    await browser.subscribe("people")
    await cup.choose("ben", "BUSY", note=note)
    message = await browser.until(lambda each: by_name(each, "changed")["Ben"]["note"])
    assert by_name(message, "changed")["Ben"]["note"] == note


async def test_a_user_sees_those_who_may_be_read(annas_browser: Browser, cup: Cup) -> None:
    first = await annas_browser.subscribe("people")
    assert names(first["people"]) == ["Anna"]
    anna = first["people"][0]
    assert anna["presence_entity"] == ANNA
    assert anna["set_presence_entity"] is None
    assert anna["may_control"] is False
    await cup.choose("ben", "AWAY")
    await annas_browser.nothing()
    await cup.choose("anna", "BUSY")
    assert names((await annas_browser.next())["changed"]) == ["Anna"]


async def test_a_user_sees_of_groups_those_who_may_be_read(
    hass: HomeAssistant, loaded: MockConfigEntry, annas_browser: Browser, cup: Cup
) -> None:
    added = add_group(hass, loaded, "Hotline", "anna", "ben")
    await hass.async_block_till_done()
    await settled(cup)
    first = await annas_browser.subscribe("people")
    anna = first["people"][0]
    assert anna["groups"] == [added.subentry_id]
    assert first["groups"] == [
        {
            "id": added.subentry_id,
            "entry_id": loaded.entry_id,
            "name": "Hotline",
            "members": [anna["id"]],
        }
    ]


async def test_permission_that_is_taken_away_removes_the_person(
    annas_browser: Browser, hass_read_only_user: MockUser, cup: Cup
) -> None:
    anna = (await annas_browser.subscribe("people"))["people"][0]
    hass_read_only_user.mock_policy({})
    await cup.choose("anna", "BUSY")
    assert (await annas_browser.next()) == {"removed": [anna["id"]]}


async def test_a_renamed_entity_is_told(hass: HomeAssistant, browser: Browser) -> None:
    await browser.subscribe("people")
    er.async_get(hass).async_update_entity(ANNA, new_entity_id="sensor.the_boss")
    message = await browser.next()
    assert by_name(message, "changed")["Anna"]["presence_entity"] == "sensor.the_boss"
    assert names(message["changed"]) == ["Anna"]


async def test_a_disabled_entity_is_left_out(hass: HomeAssistant, browser: Browser) -> None:
    await browser.subscribe("people")
    er.async_get(hass).async_update_entity(ANNA, disabled_by=er.RegistryEntryDisabler.USER)
    anna = by_name(await browser.next(), "changed")["Anna"]
    assert anna["presence_entity"] is None
    assert anna["presence"] == "available"


async def test_the_area_of_a_device_is_told(hass: HomeAssistant, browser: Browser) -> None:
    first = await browser.subscribe("people")
    area = ar.async_get(hass).async_create("Reception")
    device_id = by_name(first)["Ben"]["device_id"]
    dr.async_get(hass).async_update_device(device_id, area_id=area.id)
    assert by_name(await browser.next(), "changed")["Ben"]["area_id"] == area.id


async def test_people_come_and_go(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser, cup: Cup
) -> None:
    first = await browser.subscribe("people")
    add_person(hass, loaded, "watcher")
    message = await browser.until(lambda each: "Watcher" in by_name(each, "changed"))
    assert names(message["changed"]) == ["Watcher"]
    await settled(cup)
    news = [ContactPresence("watcher@example.com", Presence.DND)]
    loaded.runtime_data.coordinator.async_merge_fetch(news)
    await browser.until(
        lambda each: [one["presence"] for one in each.get("changed", ())] == ["do_not_disturb"]
    )
    ben = by_name(first)["Ben"]
    hass.config_entries.async_remove_subentry(loaded, ben["subentry_id"])
    message = await browser.until(lambda each: each.get("removed"))
    assert message["removed"] == [ben["id"]]


async def test_groups_come_with_their_members(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    first = await browser.subscribe("people")
    add_group(hass, loaded, "Hotline", "anna")
    message = await browser.until(lambda each: each.get("groups"))
    assert message["groups"][0]["members"] == [by_name(first)["Anna"]["id"]]
    assert names(message["changed"]) == ["Anna"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "did not respond"), ("de", "hat nicht rechtzeitig geantwortet")],
)
async def test_a_server_that_is_away_says_why_in_the_users_language(
    browser: Browser, loaded: MockConfigEntry, language: str, words: str
) -> None:
    await browser.subscribe("people", language=language)
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.TIMED_OUT, "cup.example.com"))
    message = await browser.next()
    (server,) = message["servers"]
    assert (server["state"], server["connected"]) == ("away", False)
    assert "cup.example.com" in server["reason"]
    assert words in server["reason"]
    assert {each["presence"] for each in message["changed"]} == {None}
    coordinator.async_set_reachable()
    message = await browser.until(lambda each: each.get("servers"))
    assert message["servers"][0]["reason"] is None
    assert by_name(message, "changed")["Anna"]["presence"] == "available"


async def test_a_reload_ends_the_subscription_which_can_be_made_again(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await browser.subscribe("people")
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert await browser.until(lambda each: "gone" in each) == {"gone": True}
    again = await browser.subscribe("people")
    assert names(again["people"]) == ["Anna", "Ben", "Clara"]


async def test_an_entry_that_waits_for_its_server_shows_its_people(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    before = await browser.subscribe("people")
    hass.config_entries.async_update_entry(loaded, data={**loaded.data, "port": 1})
    await browser.until(lambda each: "gone" in each)
    await hass.async_block_till_done()
    again = await browser.subscribe("people")
    assert [each["id"] for each in again["people"]] == [each["id"] for each in before["people"]]
    assert {each["presence"] for each in again["people"]} == {None}
    assert again["servers"][0]["state"] == "away"
    assert again["servers"][0]["reason"]


async def test_without_a_loaded_entry_the_error_is_translated(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    await hass.config_entries.async_unload(loaded.entry_id)
    answer = await browser.call("people/subscribe", language="de")
    assert answer["error"]["code"] == "not_loaded"
    assert answer["error"]["translation_key"] == "board_not_loaded"
    assert answer["error"]["message"] == error_text("de", "board_not_loaded")


async def test_unsubscribing_leaves_no_listener(
    loaded: MockConfigEntry, browser: Browser, cup: Cup
) -> None:
    def listeners() -> int:
        runtime = loaded.runtime_data
        return sum(
            len(each)
            for held in (runtime.coordinator, runtime.decision_log)
            for name, by_key in vars(held).items()
            if name in {"_contact_listeners", "_listeners"}
            for each in by_key.values()
        )

    before = listeners()
    await browser.subscribe("people")
    assert listeners() > before
    assert (await browser.unsubscribe())["success"]
    assert listeners() == before
    await cup.choose("ben", "AWAY")
    await browser.nothing()


async def test_two_entries_are_shown_together(
    hass: HomeAssistant, loaded: MockConfigEntry, opened: Open, entry_data: dict[str, Any]
) -> None:
    browser = await opened()
    await browser.subscribe("people")
    other = MockConfigEntry(
        domain=DOMAIN,
        title="Other",
        unique_id="other",
        data={**entry_data, "webhook_id": "f" * 64},
        subentries_data=[person("ben", name="Other Ben")],
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await hass.async_block_till_done()
    message = await browser.until(
        lambda each: by_name(each, "changed").get("Other Ben", {}).get("presence")
    )
    assert by_name(message, "changed")["Other Ben"]["entry_id"] == other.entry_id
    await hass.config_entries.async_unload(other.entry_id)
    await browser.until(lambda each: "gone" in each)
    again = await browser.subscribe("people")
    assert [each["title"] for each in again["servers"]] == ["CUP", "Other"]
    assert [each["state"] for each in again["servers"]] == ["live", "away"]
