"""What a rule does now, shown before it is saved."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_preview import _key_of
from custom_components.cisco_unified_presence.rules import async_rule_engine, calendars
from custom_components.cisco_unified_presence.rules.preview import Preview, PreviewOutcome
from tests.common.calendars import MONDAY, meeting, serve_calendars
from tests.common.entry import person
from tests.common.flows import Walk
from tests.common.rules import AT_DESK, DESK, add_rule
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

from .rule_walks import ANNA, begin, change, form

OF_ANNA = {"entity_id": "calendar.anna"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = "sensor.anna_presence_source"
LAMP = "binary_sensor.lamp"
LIT = {"condition": "state", "entity_id": LAMP, "state": "on"}


async def previewed(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> str:
    walk = await begin(hass, entry)
    await walk.fill_in("rule", **form(**changes))
    return people_in(walk)


def people_in(walk: Walk) -> str:
    assert walk.step == "preview", walk.sentence
    people: str = walk.result["description_placeholders"]["people"]
    return people


@pytest.fixture
async def at_desk(hass: HomeAssistant) -> None:
    hass.states.async_set(DESK, "on", {"friendly_name": "Desk occupied"})


async def test_a_rule_that_wins_tells_what_it_sets(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    assert await previewed(hass, loaded) == "- **Anna**: Busy."
    assert (
        await previewed(hass, loaded, presence="own") == "- **Anna**: decided by their own devices."
    )


async def test_nothing_is_written_by_a_preview(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    await previewed(hass, loaded)
    await hass.async_block_till_done()
    assert not loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert async_rule_engine(hass).rules == []
    assert shown(hass, SOURCE) == "own"
    hass.states.async_set(DESK, "off")
    await hass.async_block_till_done()


async def test_what_is_not_true_is_named(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    hass.states.async_set(DESK, "off", {"friendly_name": "Desk occupied"})
    said = await previewed(hass, loaded)
    assert said.startswith("- **Anna**: no change. Not true: Desk occupied is off since ")


async def test_all_that_is_not_true_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    hass.states.async_set(DESK, "off", {"friendly_name": "Desk {x}"})
    hass.states.async_set(LAMP, "off", {"friendly_name": "Lamp"})
    said = await previewed(hass, loaded, when=[AT_DESK, LIT])
    assert said == (
        "- **Anna**: no change."
        r" Not true: Desk {x} is off since 12\:00; Lamp is off since 12\:00."
    )


async def test_a_rule_that_waits_tells_when_it_begins(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at_desk: None, loaded: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    said = await previewed(hass, loaded, advanced={"for": {"minutes": 5}})
    assert said == "- **Anna**: Busy at 12:05, if the conditions stay true."


async def test_a_rule_that_ends_tells_when(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at_desk: None, loaded: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    said = await previewed(hass, loaded, advanced={"at_most": {"hours": 1}})
    assert said == "- **Anna**: Busy until 13:00."


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (50, "- **Anna**: no change. *On air* wins, priority 50."),
        (
            0,
            "- **Anna**: no change. *On air* wins: it has the same priority, 0, and comes first.",
        ),
        (-1, "- **Anna**: Busy."),
    ],
)
async def test_another_rule_that_wins_is_named(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry, other: int, said: str
) -> None:
    add_rule(hass, loaded, "On {air}", presence="away", priority=other)
    await hass.async_block_till_done()
    assert await previewed(hass, loaded) == said.replace("On air", "On {air}")


async def test_a_manual_setting_wins(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    target = {"entity_id": "sensor.anna_presence", "presence": "away"}
    await hass.services.async_call("cisco_unified_presence", "set_presence", target, blocking=True)
    assert (
        await previewed(hass, loaded)
        == "- **Anna**: no change. The presence was set in Home Assistant."
    )
    assert await previewed(hass, loaded, advanced={"beats_manual": True}) == "- **Anna**: Busy."


async def test_a_manual_setting_of_a_user_is_told_with_the_user(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    hass_admin_user.name = "Kim {x}"
    await hass.services.async_call(
        "cisco_unified_presence",
        "set_presence",
        {"entity_id": "sensor.anna_presence", "presence": "away"},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    assert await previewed(hass, loaded) == "- **Anna**: no change. Kim {x} set the presence."


async def test_a_rule_yields_to_what_is_told(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, "sensor.anna_presence") == "do_not_disturb")
    assert await previewed(hass, loaded) == (
        "- **Anna**: no change. The rule yields to their own presence: Do not disturb."
    )


@pytest.mark.parametrize(
    "entry_people", [[person(f"user{number:02}", controlled=True) for number in range(12)]]
)
async def test_ten_people_are_named(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    people = [f"user{number:02}@example.com" for number in range(12)]
    names = ", ".join(f"**User{number:02}**" for number in range(10))
    assert await previewed(hass, loaded, people=people[:10]) == f"- {names}: Busy."
    assert await previewed(hass, loaded, people=people) == f"- {names} (+2): Busy."


async def test_a_rule_that_is_about_nobody_now_says_so(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    area = ar.async_get(hass).async_create("Cellar")
    assert await previewed(hass, loaded, people=[], places={"area_id": [area.id]}) == (
        "Home Assistant doesn't control the presence of any of these people now."
    )


async def test_a_person_who_follows_no_rules_is_left_alone(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    target = {"entity_id": "switch.anna_follow_rules"}
    await hass.services.async_call("switch", "turn_off", target, blocking=True)
    assert await previewed(hass, loaded) == "- **Anna**: no change. *Follow rules* is off."
    await hass.services.async_call("switch", "turn_on", target, blocking=True)
    await hass.services.async_call("cisco_unified_presence", "pause_rules", {}, blocking=True)
    assert await previewed(hass, loaded) == "- **Anna**: no change. Rules are paused."


async def test_a_changed_rule_is_previewed_in_its_own_place(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    hass.states.async_set(LAMP, "off", {"friendly_name": "Lamp"})
    add_rule(hass, loaded, "Desk")
    add_rule(hass, loaded, "On air", presence="away")
    await hass.async_block_till_done()
    walk = await change(hass, loaded)
    typed = walk.suggested
    await walk.fill_in("rule", **{**typed, "presence": "do_not_disturb"})
    # It is the first of the same priority, and its former version counts no more.
    assert people_in(walk) == "- **Anna**: Do not disturb."
    await walk.choose("preview", "edit")
    assert walk.suggested["presence"] == "do_not_disturb"
    await walk.fill_in("rule", **{**typed, "when": [AT_DESK, LIT]})
    assert people_in(walk).startswith("- **Anna**: no change. Not true: Lamp is off")
    assert shown(hass, SOURCE) == "rule"
    await walk.choose("preview", "save")
    await hass.async_block_till_done()
    (first, _) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert first.when == [AT_DESK, LIT]


async def test_a_rule_that_is_off_changes_nothing(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry
) -> None:
    added = add_rule(hass, loaded, "Desk")
    await hass.async_block_till_done()
    await async_rule_engine(hass).async_set_enabled(added.subentry_id, enabled=False)
    walk = await change(hass, loaded)
    await walk.fill_in("rule", **walk.suggested)
    assert people_in(walk) == "The rule is off, so nothing changes."


async def test_a_rule_for_each_person_is_evaluated_for_each(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    for each in loaded.subentries.values():
        data = {**each.data, "controlled": True}
        hass.config_entries.async_update_subentry(loaded, each, data=data)
    await hass.async_block_till_done()
    said = await previewed(
        hass,
        loaded,
        people=[ANNA, "ben@example.com"],
        when=["{{ person.user == 'ben' }}"],
    )
    assert said.splitlines() == [
        "- **Anna**: no change. Not true: its template is not true.",
        "- **Ben**: Busy.",
    ]


async def test_more_than_ten_people_are_counted(
    hass: HomeAssistant, at_desk: None, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = async_rule_engine(hass).trials
    meant = trials.people_meant_by
    monkeypatch.setattr(trials, "people_meant_by", lambda rule: meant(rule) * 12)
    monkeypatch.setattr(
        "custom_components.cisco_unified_presence.flows.rule_preview.MOST_PEOPLE", 5
    )
    assert await previewed(hass, loaded) == "- **Anna**: Busy.\n- 11 more people."


@pytest.mark.parametrize("is_linked", [True, False])
async def test_events_of_a_calendar_are_read_first(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    *,
    is_linked: bool,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY + timedelta(hours=10))
    serve_calendars(hass).put("calendar.anna", [meeting("Review", 9, 11)])
    anna = next(each for each in loaded.subentries.values() if each.data["user"] == "anna")
    data = {**anna.data, "link_calendar": "calendar.anna"}
    hass.config_entries.async_update_subentry(loaded, anna, data=data)
    await hass.async_block_till_done()
    event = {"condition": "cisco_unified_presence.calendar_event"}
    of_anna = {"options": {"linked": "calendar"}} if is_linked else {"target": OF_ANNA}
    said = await previewed(hass, loaded, when=[{**event, **of_anna}])
    assert said == "- **Anna**: Busy."


async def test_a_calendar_that_does_not_answer_does_not_hold_up_the_form(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = asyncio.Event()
    monkeypatch.setattr(calendars, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(calendars, "async_events_between", lambda *_: answers.wait())
    hass.states.async_set("calendar.anna", "off")
    event = {"condition": "cisco_unified_presence.calendar_event", "target": OF_ANNA}
    said = await previewed(hass, loaded, when=[event])
    assert said.endswith("the events of anna are not known.")
    answers.set()


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"outcome": PreviewOutcome.WAITS}, "waits_open"),
        ({"outcome": PreviewOutcome.WAITS, "presence": "own"}, "waits_open"),
        ({"outcome": PreviewOutcome.WAITS, "presence": "busy"}, "waits"),
        ({"outcome": PreviewOutcome.DECIDES}, "decides"),
        ({"outcome": PreviewOutcome.DECIDES, "until": dt_util.utcnow()}, "decides_until"),
        ({"outcome": PreviewOutcome.LOSES_TO_MANUAL}, "loses_to_manual"),
        ({"outcome": PreviewOutcome.LOSES_TO_MANUAL, "set_by": "Ben"}, "loses_to_manual_by"),
        ({"outcome": PreviewOutcome.ENDED}, "ended"),
    ],
)
def test_which_sentence_tells_of_an_outcome(told: dict[str, Any], key: str) -> None:
    assert _key_of(Preview(**told)) == key
