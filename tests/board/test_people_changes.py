"""What is described anew after a change, and of whom nothing is told any more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.board import people_feed
from custom_components.cisco_unified_presence.board.people import PeopleView
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.runtime import CupConfigEntry
from tests.common.entry import person
from tests.common.server import Cup

from .conftest import Browser, Open

ANNA = "sensor.anna_presence"


def names(people: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in people]


async def test_one_change_is_one_person_also_after_all_have_changed(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    browser: Browser,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    described: list[str] = []
    describe = PeopleView.person

    def note(view: PeopleView, entry: CupConfigEntry, person: Person, *others: Any) -> Any:
        described.append(person.name)
        return describe(view, entry, person, *others)

    monkeypatch.setattr(PeopleView, "person", note)
    (server,) = (await browser.subscribe("people"))["servers"]
    await browser.nothing()
    described.clear()
    hass.config_entries.async_update_entry(loaded, title="Main")
    assert await browser.next() == {"servers": [{**server, "title": "Main"}]}
    await browser.nothing()
    assert set(described) == {"Anna", "Ben", "Clara"}
    described.clear()
    await cup.choose("ben", "AWAY")
    message = await browser.next()
    assert message.keys() == {"changed"}
    assert names(message["changed"]) == ["Ben"]
    assert set(described) == {"Ben"}


async def test_all_are_described_anew_at_midnight(
    hass: HomeAssistant, loaded: MockConfigEntry, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnights: list[tuple[Callable[[datetime], None], dict[str, int]]] = []

    def track(_hass: HomeAssistant, action: Any, **when: int) -> Callable[[], None]:
        midnights.append((action, when))
        return lambda: None

    monkeypatch.setattr(people_feed, "async_track_time_change", track)
    browser = await opened()
    await browser.subscribe("people")
    ((tell, when),) = midnights
    assert when == {"hour": 0, "minute": 0, "second": 0}
    # A time of today is told with its date tomorrow.
    monkeypatch.setattr(people_feed, "sentence_of", lambda *_: "Until 26 November")
    tell(dt_util.utcnow())
    (anna,) = (await browser.next())["changed"]
    assert (anna["name"], anna["reason"]) == ("Anna", "Until 26 November")


async def test_a_person_who_may_be_seen_again_is_told_again(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    annas_browser: Browser,
    hass_read_only_user: MockUser,
) -> None:
    anna = (await annas_browser.subscribe("people"))["people"][0]
    hass_read_only_user.mock_policy({})
    hass.config_entries.async_update_entry(loaded, title="Main")
    message = await annas_browser.until(lambda each: "removed" in each)
    assert message["removed"] == [anna["id"]]
    policy = {"entities": {"entity_ids": {ANNA: {"read": True}}}}
    hass_read_only_user.mock_policy(policy)
    hass.config_entries.async_update_entry(loaded, title="CUP")
    message = await annas_browser.until(lambda each: "changed" in each)
    assert message["changed"] == [anna]


GONE = [f"gone{number}" for number in range(20)]


@pytest.mark.parametrize("entry_people", [[person(user) for user in ("anna", "ben", *GONE)]])
async def test_of_people_who_have_just_gone_nothing_is_told(
    browser: Browser, loaded: MockConfigEntry
) -> None:
    await browser.subscribe("people")
    coordinator = loaded.runtime_data.coordinator
    for user in GONE:
        del coordinator.people[f"{user}@example.com"]
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    assert set(names((await browser.next())["changed"])) == {"Anna", "Ben"}


async def test_a_person_who_is_gone_leaves_no_listener(
    hass: HomeAssistant, loaded: MockConfigEntry, browser: Browser
) -> None:
    listeners = loaded.runtime_data.coordinator._contact_listeners
    first = await browser.subscribe("people")
    assert listeners["ben@example.com"]
    (ben,) = (each for each in first["people"] if each["name"] == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben["subentry_id"])
    await browser.until(lambda each: each.get("removed"))
    assert not listeners["ben@example.com"]
