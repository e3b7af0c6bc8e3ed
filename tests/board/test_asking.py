"""Questions about one person: who may ask, and whom a reference means."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN

from .conftest import Browser, error_text

ANNA = "anna@example.com"


def reference(entry: MockConfigEntry, name: str) -> dict[str, str]:
    people = entry.runtime_data.coordinator.people.values()
    subentry_id = next(each.subentry_id for each in people if each.name == name)
    return {"entry_id": entry.entry_id, "subentry_id": subentry_id}


async def test_the_explanation_is_that_of_the_action(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    by_action: Any = await hass.services.async_call(
        DOMAIN,
        "explain",
        {"entity_id": "sensor.anna_presence"},
        blocking=True,
        return_response=True,
    )
    for person in (ANNA, "SIP:Anna@Example.com", reference(loaded, "Anna")):
        answer = await browser.call("explain", person=person)
        assert answer["result"] == by_action


async def test_the_sentence_is_in_the_language_of_the_user(browser: Browser) -> None:
    answer = await browser.call("explain", person=ANNA, language="de")
    assert answer["result"]["people"][ANNA]["sentence"].startswith("Anna ist ")


@pytest.mark.parametrize("language", ["../../x", "../de", "\0", "x" * 1000, "", "de\n"])
@pytest.mark.parametrize("command", ["explain", "people/subscribe"])
async def test_what_is_no_language_names_no_file(
    browser: Browser, language: str, command: str
) -> None:
    """Home Assistant makes the name of a file of it."""
    person = {"person": ANNA} if command == "explain" else {}
    answer = await browser.call(command, language=language, **person)
    assert answer["error"]["code"] == "invalid_format"


@pytest.mark.parametrize("person", ["nobody@example.com", {"entry_id": "x", "subentry_id": "y"}])
async def test_a_person_who_is_not_there_is_not_found(browser: Browser, person: Any) -> None:
    answer = await browser.call("explain", person=person, language="nl")
    assert answer["error"]["code"] == "not_found"
    assert answer["error"]["message"] == error_text("nl", "no_such_person")


async def test_a_person_who_may_not_be_seen_is_not_found(
    loaded: MockConfigEntry, annas_browser: Browser
) -> None:
    answer = await annas_browser.call("explain", person=reference(loaded, "Ben"))
    assert answer["error"]["code"] == "not_found"
    assert (await annas_browser.call("explain", person=ANNA))["success"]


async def test_a_person_who_is_only_watched_has_no_explanation(browser: Browser) -> None:
    answer = await browser.call("explain", person="ben@example.com")
    text = error_text("en", "not_controlled").format(name="Ben")
    assert answer["error"] == {
        "code": "not_supported",
        "message": text,
        "translation_domain": DOMAIN,
        "translation_key": "not_controlled",
        "translation_placeholders": {"name": "Ben"},
    }


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Home Assistant"), ("de", "über Home Assistant")]
)
async def test_past_decisions_are_told_in_the_language_of_the_user(
    hass: HomeAssistant, browser: Browser, language: str, words: str
) -> None:
    data = {"entity_id": "sensor.anna_presence", "presence": "busy"}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)
    answer = await browser.call("decisions", person=ANNA, language=language)
    anna = answer["result"]["people"][ANNA]
    assert anna["name"] == "Anna"
    latest = anna["decisions"][0]
    assert (latest["wanted"], latest["source"]) == ("busy", "manual")
    assert words in f"{latest['cause']} {latest['reason']}"


async def test_the_forecast_tells_when_a_setting_ends(
    hass: HomeAssistant, browser: Browser
) -> None:
    data = {"entity_id": "sensor.anna_presence", "presence": "busy", "duration": {"hours": 2}}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)
    answer = await browser.call("forecast", person=ANNA)
    anna = answer["result"]["people"][ANNA]
    assert anna["now"]["wanted"] == "busy"
    assert anna["changes"][0]["at"] == anna["now"]["until"]
    assert anna["changes"][0]["source"] == "own"
    shorter = await browser.call("forecast", person=ANNA, hours=1)
    assert shorter["result"]["people"][ANNA]["changes"] == []


@pytest.mark.parametrize("hours", [0.9, 168.1, "many"])
async def test_a_forecast_is_of_an_hour_to_a_week(browser: Browser, hours: Any) -> None:
    answer = await browser.call("forecast", person=ANNA, hours=hours)
    assert answer["error"]["code"] == "invalid_format"
