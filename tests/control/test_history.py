"""The history of decisions: causes, restarts, damaged files, and the action get_decisions."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import (
    EVENT_WINNER_CHANGED,
    Cause,
    PastDecision,
)
from custom_components.cisco_unified_presence.control.history import DECISIONS_PER_PERSON
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import person
from tests.common.rules import rule
from tests.common.server import Cup
from tests.common.setting_presence import clear_presence, set_presence
from tests.common.waiting import pass_time, settled

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANNA = "anna@example.com"
LIGHT, ROOM = "light.recording", "binary_sensor.room"
NAMES = {LIGHT: "Recording light", ROOM: "Meeting room occupied"}
PAST = PastDecision(at=NINE, source="own", cause=Cause.CLEARED)
FULL = PastDecision(
    at=NINE,
    source="rule",
    wanted="busy",
    rule="Meeting room",
    overruled=True,
    set_by="Ben",
    until=NINE,
    cause=Cause.INPUT,
    entity_id=LIGHT,
    name="Recording light",
    state="off",
    before="On air",
    before_ended=True,
)


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben")]


@pytest.fixture(autouse=True)
async def _two_rules(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """On air wins over Meeting room."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NINE)
    await turn(hass, cup, {LIGHT: "off", ROOM: "off"})
    rules = [
        rule("On air", when=[_is_on(LIGHT)], presence="do_not_disturb", priority=10),
        rule("Meeting room", when=[_is_on(ROOM)], at_most="01:00"),
    ]
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    await settled(cup)


def _is_on(entity_id: str) -> dict[str, str]:
    return {"condition": "state", "entity_id": entity_id, "state": "on"}


async def turn(hass: HomeAssistant, cup: Cup, states: Mapping[str, str]) -> None:
    for entity_id, state in states.items():
        hass.states.async_set(entity_id, state, {"friendly_name": NAMES[entity_id]})
    await settled(cup)


async def decisions(hass: HomeAssistant) -> list[dict[str, Any]]:
    answer: Any = await hass.services.async_call(
        DOMAIN,
        "get_decisions",
        {"entity_id": "sensor.anna_presence"},
        blocking=True,
        return_response=True,
    )
    told: list[dict[str, Any]] = answer["people"][ANNA]["decisions"]
    return told


async def sentences(hass: HomeAssistant) -> list[str]:
    return [each["sentence"] for each in await decisions(hass)]


async def test_decisions_name_the_input_that_caused_them(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await turn(hass, cup, {ROOM: "on"})
    freezer.tick(timedelta(minutes=1))
    await turn(hass, cup, {LIGHT: "on"})
    freezer.tick(timedelta(minutes=1))
    await turn(hass, cup, {LIGHT: "off"})

    assert await sentences(hass) == [
        "Recording light changed to off, so “On air” ended and “Meeting room” took over.",
        "Recording light changed to on, so “On air” took over from “Meeting room”.",
        "Meeting room occupied changed to on, so “Meeting room” took over.",
    ]
    assert (await decisions(hass))[0] == {
        "at": "2026-11-23T09:02:00+00:00",
        "wanted": "busy",
        "source": "rule",
        "rule": "Meeting room",
        "set_aside": False,
        "set_by": None,
        "until": "2026-11-23T10:00:00+00:00",
        "reason": "“On air” ended and “Meeting room” took over",
        "cause": "Recording light changed to off",
        "cause_entity": LIGHT,
        "sentence": (
            "Recording light changed to off, so “On air” ended and “Meeting room” took over."
        ),
    }


async def test_decisions_tell_time_people_and_settings_as_causes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await turn(hass, cup, {ROOM: "on"})
    await pass_time(freezer, cup, 3600)
    await set_presence(hass, "away", duration="00:10:00")
    await settled(cup)
    await pass_time(freezer, cup, 600)
    await set_presence(hass, "busy")
    await clear_presence(hass)
    await settled(cup)

    assert (await sentences(hass))[:-1] == [
        "What was set was cleared, so the person's own devices decide.",
        "Busy was set through Home Assistant, so this setting decides.",
        "What was set ended, so the person's own devices decide.",
        "Away was set through Home Assistant, so this setting decides.",
        "A time was reached, so “Meeting room” ended and the person's own devices decide.",
    ]


async def test_decisions_tell_what_the_person_has_overruled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await turn(hass, cup, {ROOM: "on"})
    await pass_time(freezer, cup, 60)
    await cup.choose("anna", "AWAY")
    await settled(cup)
    await pass_time(freezer, cup, 10)
    assert (await sentences(hass))[0] == (
        "The presence was changed manually, so the rule “Meeting room” is overruled."
    )


async def test_decisions_tell_of_rules_that_are_paused(hass: HomeAssistant, cup: Cup) -> None:
    await turn(hass, cup, {ROOM: "on"})
    # A pause may come at any time; the input changed long ago.
    await hass.services.async_call(DOMAIN, "pause_rules", {}, blocking=True)
    await settled(cup)
    assert (await decisions(hass))[0]["source"] == "own"


async def test_the_event_has_the_context_of_its_cause(hass: HomeAssistant, cup: Cup) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    hass.states.async_set(ROOM, "on", context=(of_room := Context()))
    await settled(cup)
    by_action = Context()
    data = {"entity_id": "sensor.anna_presence", "presence": "away"}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True, context=by_action)
    by_select = Context()
    data = {"entity_id": "select.anna_set_presence", "option": "automatic"}
    await hass.services.async_call(
        "select", "select_option", data, blocking=True, context=by_select
    )
    await settled(cup)
    assert [event.context.id for event in fired] == [of_room.id, by_action.id, by_select.id]


async def test_history_is_bounded_and_survives_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    history = loaded.runtime_data.decision_log.history
    for _ in range(DECISIONS_PER_PERSON):
        history.async_note(ANNA, PAST)
    history.async_note(ANNA, FULL)

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    kept = loaded.runtime_data.decision_log.history.of(ANNA)
    assert kept == (FULL, *[PAST] * (DECISIONS_PER_PERSON - 1))


@pytest.mark.parametrize(
    "damaged",
    [[], 5, {ANNA: 1}, {ANNA: {"decisions": 1}}, {ANNA: {"decisions": [{"at": "noon"}]}}],
    ids=str,
)
async def test_a_damaged_file_costs_only_the_history(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
    damaged: Any,
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    key = f"{DOMAIN}.{loaded.entry_id}.decisions"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": damaged}
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)

    assert await decisions(hass) == []
    await turn(hass, cup, {ROOM: "on"})
    assert len(await decisions(hass)) == 1


async def test_history_goes_with_the_control_of_a_person_and_with_the_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await turn(hass, cup, {ROOM: "on"})
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert f"{DOMAIN}.{loaded.entry_id}.decisions" not in hass_storage


@given(
    st.builds(
        PastDecision,
        at=st.just(NINE),
        source=st.sampled_from(["own", "rule", "manual"]),
        wanted=st.none() | st.just("busy"),
        rule=st.none() | st.text(min_size=1),
        overruled=st.booleans(),
        until=st.none() | st.just(NINE),
        cause=st.sampled_from(Cause),
        entity_id=st.none() | st.text(min_size=1),
        before=st.none() | st.text(min_size=1),
        before_ended=st.booleans(),
    )
)
def test_what_is_stored_is_read_as_it_was(past: PastDecision) -> None:
    assert PastDecision.from_storage(past.as_storage()) == past
