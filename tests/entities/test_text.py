"""The text *Status message*: sets the note beside a presence, and takes it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.arbitration import ManualSetting, RequestedPresence
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    Note,
    Presence,
    RichPresence,
)
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import ANNA, clear_presence, logged_in, set_presence
from tests.common.states import shown
from tests.common.waiting import settled, until

TEXT = "text.anna_status_message"
SOURCE = "sensor.anna_presence_source"
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
async def entry(entry: MockConfigEntry, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """Let it be nine; set-up has not begun."""
    freezer.move_to(NINE)
    return entry


async def write(hass: HomeAssistant, message: str) -> None:
    await hass.services.async_call(
        "text", "set_value", {"entity_id": TEXT, "value": message}, blocking=True
    )


def end(hass: HomeAssistant) -> datetime | None:
    state = hass.states.get(SOURCE)
    assert state
    time: datetime | None = state.attributes["until"]
    return time


async def test_a_message_goes_with_the_presence_that_is_shown_and_ends_with_the_day(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    assert shown(hass, TEXT) == ""

    await write(hass, "  In the lab ")
    await settled(cup)

    assert (shown(hass, TEXT), shown(hass, SOURCE)) == ("In the lab", "manual")
    state = hass.states.get(ANNA)
    assert state
    assert (state.state, state.attributes["note"]) == ("away", "In the lab")
    ends = end(hass)
    assert ends
    assert NINE < ends <= NINE + timedelta(days=1)


async def test_an_empty_message_takes_back_what_was_set_for_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await write(hass, "In the lab")
    await write(hass, "")

    assert (shown(hass, TEXT), shown(hass, SOURCE)) == ("", "own")
    assert "anna" not in await logged_in(cup)


async def test_a_presence_that_is_set_goes_on_with_the_message_and_without_it(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration="02:00:00")

    await write(hass, "In the lab")
    assert (shown(hass, TEXT), shown(hass, ANNA)) == ("In the lab", "busy")
    assert end(hass) == NINE + timedelta(hours=2)

    await write(hass, "")
    await settled(cup)
    assert (shown(hass, TEXT), shown(hass, ANNA)) == ("", "busy")
    assert end(hass) == NINE + timedelta(hours=2)


async def test_it_follows_the_actions_and_other_clients(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", note="By an action")
    assert shown(hass, TEXT) == "By an action"
    await clear_presence(hass)
    await cup.choose("anna", "AWAY", note="x" * 200)
    await until(lambda: shown(hass, TEXT) == "x" * 140)

    asked = cup.asked()
    await write(hass, "")
    assert shown(hass, TEXT) == "x" * 140
    assert cup.asked() == asked


async def test_a_presence_that_is_set_without_a_message_leaves_the_persons_own(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    reconciler, people = loaded.runtime_data.reconciler, loaded.runtime_data.coordinator.people
    await set_presence(hass, "busy")
    await settled(cup)
    before = reconciler.record_of(people["anna@example.com"])
    own = RichPresence("sip:anna@example.com", notes=(Note("My own"),))
    news = [ContactPresence("anna@example.com", Presence.BUSY, own)]
    loaded.runtime_data.coordinator.async_merge_fetch(news)
    assert shown(hass, TEXT) == "My own"

    asked = cup.asked()
    await write(hass, "")
    assert reconciler.record_of(people["anna@example.com"]) == before
    assert (shown(hass, TEXT), cup.asked()) == ("My own", asked)


async def test_a_message_wins_over_a_rule_until_it_ends(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, rules: SetRequests
) -> None:
    rules(rule_request(Presence.BUSY))
    await settled(cup)

    await write(hass, "In the lab")
    await settled(cup)
    assert (shown(hass, ANNA), shown(hass, SOURCE)) == ("busy", "manual")

    await write(hass, "")
    await settled(cup)
    assert (shown(hass, ANNA), shown(hass, SOURCE)) == ("busy", "rule")


async def test_what_cannot_be_sent_is_a_sentence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await write(hass, "half a pair: \ud83d")
    error = caught.value
    assert (error.translation_domain, error.translation_key) == (DOMAIN, "note_cannot_be_sent")


async def test_a_refusal_is_a_sentence_and_changes_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=120, path="/presence/", count=1)
    with pytest.raises(HomeAssistantError) as caught:
        await write(hass, "In the lab")
    assert caught.value.translation_key == "presence_refused"
    assert (shown(hass, TEXT), shown(hass, SOURCE)) == ("", "own")


async def test_a_message_is_the_same_after_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await write(hass, "In the lab")
    await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    assert shown(hass, TEXT) == "In the lab"

    await write(hass, "")
    assert shown(hass, SOURCE) == "own"


async def test_another_message_is_set_by_its_writer_and_for_itself_as_before(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, hass_admin_user: MockUser
) -> None:
    await write(hass, "In the lab")
    await hass.services.async_call(
        "text",
        "set_value",
        {"entity_id": TEXT, "value": "In the office"},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await settled(cup)
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["set_by"] == hass_admin_user.name
    # What was set for its message goes with it.
    await write(hass, "")
    assert (shown(hass, TEXT), shown(hass, SOURCE)) == ("", "own")


async def test_what_is_set_for_a_message(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    reconciler, people = loaded.runtime_data.reconciler, loaded.runtime_data.coordinator.people
    await write(hass, "In the lab")
    manual = reconciler.record_of(people["anna@example.com"]).manual
    assert manual
    assert manual == ManualSetting(
        RequestedPresence(Presence.AVAILABLE, override=True, note="In the lab"),
        since=NINE,
        until=end(hass),
        ends_by_clock=True,
        for_note=True,
    )
    await write(hass, "In the office")
    requested = replace(manual.requested, note="In the office")
    now = reconciler.record_of(people["anna@example.com"]).manual
    assert now == replace(manual, requested=requested)


@pytest.mark.parametrize(
    ("shown_presence", "presence"),
    [(Presence.BUSY, Presence.BUSY), (Presence.UNKNOWN, Presence.AVAILABLE)],
)
async def test_which_presence_is_set_for_a_message(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    shown_presence: Presence,
    presence: Presence,
) -> None:
    await settled(cup)
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_merge_fetch([ContactPresence("anna@example.com", shown_presence)])
    await write(hass, "In the lab")
    assert await cup.presence_of("anna") == presence.name


async def test_what_is_requested_goes_with_a_message_though_the_server_shows_another_word(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await settled(cup)
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_merge_fetch([ContactPresence("anna@example.com", Presence.AWAY)])
    await write(hass, "In the lab")
    manual = loaded.runtime_data.reconciler.record_of(coordinator.people["anna@example.com"]).manual
    assert manual
    assert manual.requested == RequestedPresence(Presence.BUSY, override=True, note="In the lab")
    await settled(cup)
