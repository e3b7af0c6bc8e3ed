"""The action forecast: what is to come, compared with what then comes."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
import yaml

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.asking import about, answer, use_rules
from tests.common.calendars import meeting, serve_calendars
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.waiting import pass_time, settled

from .conftest import ELEVEN

pytestmark = pytest.mark.usefixtures("at_eleven")

ROOM = "binary_sensor.room"
QUARTER = timedelta(minutes=15)
USERS = ("anna", "ben", "clara")
EVENING = ELEVEN + timedelta(hours=11.5)


def in_short(person: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Return the changes of a person: when, what is shown, and by which rule."""
    return [(each["at"][11:16], each["shown"], each["rule"]) for each in person["changes"]]


async def test_hours_are_known_ahead(hass: HomeAssistant, cup: Cup) -> None:
    await use_rules(
        hass,
        cup,
        """
- name: Lunch
  people: [anna]
  when: {condition: time, after: "12:00:00", before: "12:30:00", weekday: [mon, tue]}
  presence: away
""",
    )

    anna = await about(hass, "forecast", "anna")

    assert anna["name"] == "Anna"
    assert (anna["now"]["shown"], anna["now"]["wanted"]) == ("available", None)
    assert anna["unknown"] == []
    lunch, after = anna["changes"]
    assert lunch == {
        "at": "2026-11-23T12:00:00+00:00",
        "shown": "away",
        "wanted": "away",
        "note": None,
        "source": "rule",
        "rule": "Lunch",
        "set_aside": False,
        "reason": "Away, because of the rule “Lunch”",
        "until": None,
        "unknown": [],
    }
    assert (after["at"], after["shown"], after["source"]) == (
        "2026-11-23T12:30:00+00:00",
        "available",
        "own",
    )
    longer = await about(hass, "forecast", "anna", hours=48)
    assert [each["at"][8:16] for each in longer["changes"]] == [
        "23T12:00",
        "23T12:30",
        "24T12:00",
        "24T12:30",
    ]


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_schedules_calendars_and_the_sun_are_known_ahead(
    hass: HomeAssistant, cup: Cup
) -> None:
    hass.config.latitude, hass.config.longitude = 52.5, 0.0
    assert await async_setup_component(hass, "sun", {})
    week = {"name": "Hours", "monday": [{"from": "13:00:00", "to": "14:00:00"}]}
    assert await async_setup_component(hass, "schedule", {"schedule": {"hours": week}})
    serve_calendars(hass).put("calendar.anna", [meeting("Review", 15, 15.5)])
    await use_rules(
        hass,
        cup,
        """
- name: Quiet
  people: [anna]
  when: {condition: state, entity_id: schedule.hours, state: "on"}
  presence: do_not_disturb
- name: Review
  people: [anna]
  when:
    - condition: cisco_unified_presence.calendar_event
      target: {entity_id: calendar.anna}
  presence: busy
  hold: "00:05:00"
- name: Dark
  people: [anna]
  when: {condition: state, entity_id: sun.sun, state: below_horizon}
  presence: offline
""",
    )

    anna = await about(hass, "forecast", "anna")

    assert in_short(anna)[:5] == [
        ("13:00", "do_not_disturb", "Quiet"),
        ("14:00", "available", None),
        ("15:00", "busy", "Review"),
        ("15:35", "available", None),
        ("15:56", "offline", "Dark"),
    ]
    assert all(not each["unknown"] for each in anna["changes"])


async def test_ends_are_known_ahead(hass: HomeAssistant, cup: Cup) -> None:
    """The ends of what waits, holds on, is set by hand, and of pauses."""
    hass.states.async_set(ROOM, "on")
    await use_rules(
        hass,
        cup,
        """
- name: Room
  people: [anna, ben]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
  for: "00:10:00"
  at_most: "03:00:00"
- name: Short
  people: [clara]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
  until: "11:45"
""",
    )
    await set_presence(hass, "away", duration="01:00:00")
    pause = {"entity_id": "sensor.ben_presence", "until": "13:00:00"}
    await hass.services.async_call(DOMAIN, "pause_rules", pause, blocking=True)

    people: Any = (await answer(hass, "forecast"))["people"]

    assert people["anna@example.com"]["now"]["source"] == "manual"
    assert in_short(people["anna@example.com"]) == [
        ("12:00", "busy", "Room"),
        ("14:10", "available", None),
    ]
    assert ("13:00", "busy", "Room") in in_short(people["ben@example.com"])
    assert ("11:45", "offline", None) in in_short(people["clara@example.com"])


async def test_what_is_not_decided_is_said(hass: HomeAssistant, cup: Cup) -> None:
    hass.states.async_set(ROOM, "off", {"friendly_name": "Meeting room"})
    await use_rules(
        hass,
        cup,
        """
- name: Occupied
  people: [anna]
  when:
    - {condition: state, entity_id: binary_sensor.room, state: "on"}
    - {condition: time, after: "12:00:00", before: "17:00:00"}
  presence: busy
  hold: "00:10:00"
- name: Evening
  people: [anna]
  when: {condition: time, after: "16:00:00", before: "18:00:00"}
  presence: away
  priority: 5
""",
    )

    anna = await about(hass, "forecast", "anna")

    assert anna["unknown"] == []
    told = [(each["at"][11:16], each["shown"], each["unknown"]) for each in anna["changes"]]
    reason = ["“Occupied” depends on Meeting room"]
    assert told == [
        ("12:00", "available", reason),
        ("16:00", "away", []),
        ("18:00", "available", []),
    ]


async def test_a_rule_that_may_begin_at_any_time_is_said_from_now_on(
    hass: HomeAssistant, cup: Cup
) -> None:
    hass.states.async_set(ROOM, "off")
    await use_rules(
        hass,
        cup,
        """
- name: Occupied
  people: [anna]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
""",
    )

    anna = await about(hass, "forecast", "anna")

    assert anna["now"]["shown"] == "available"
    assert anna["unknown"] == ["“Occupied” depends on room"]
    assert anna["changes"] == []


async def test_nothing_changes_by_a_forecast(hass: HomeAssistant, cup: Cup) -> None:
    hass.states.async_set(ROOM, "off")
    await use_rules(
        hass,
        cup,
        """
- name: Occupied
  people: [anna]
  when: ["{{ now().hour == 12 }}", "{{ is_state('binary_sensor.room', 'off') }}"]
  presence: busy
""",
    )
    states, listeners, asked = hass.states.async_all(), hass.bus.async_listeners(), cup.asked()

    anna = await about(hass, "forecast", "anna")

    assert in_short(anna) == [("12:00", "busy", "Occupied"), ("13:00", "available", None)]
    assert (hass.states.async_all(), hass.bus.async_listeners()) == (states, listeners)
    assert cup.asked() == asked


def decided(hass: HomeAssistant, user: str) -> tuple[str | None, str | None]:
    """Return what is wanted for a person, and which rule wins."""
    state = hass.states.get(f"sensor.{user}_presence_source")
    assert state
    return state.attributes["wanted"], state.attributes["rule"]


async def followed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    until: datetime,
    moments: list[datetime],
) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """Let time pass, and return for each person when something else is decided, and by what."""
    seen: dict[str, list[tuple[str, str | None, str | None]]] = {}
    last = {user: decided(hass, user) for user in USERS}
    began = dt_util.utcnow()
    grid = [began + number * QUARTER for number in range(1, 200)]
    for moment in sorted({*moments, *grid}):
        if moment > until:
            break
        await pass_time(freezer, cup, max((moment - dt_util.utcnow()).total_seconds(), 0))
        # Timers that begin with it are late by the steps of this test.
        await pass_time(freezer, cup, 2)
        for user in USERS:
            if (now := decided(hass, user)) != last[user]:
                seen.setdefault(user, []).append((f"{moment:%H:%M}", *now))
            last[user] = now
    return seen


def a_day(random: Random) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """Return rules of hours, of a calendar and of a schedule, with their events and times."""

    def clock(first: int = 11 * 4 + 1, last: int = 22 * 4) -> str:
        quarter = random.randint(first, last)
        return f"{quarter // 4:02}:{quarter % 4 * 15:02}:00"

    def times() -> dict[str, str]:
        found = {"for": random.choice(["0:00", "0:15"]), "hold": random.choice(["0:00", "0:30"])}
        if random.random() < 0.3:
            found["at_most"] = "1:30"
        if random.random() < 0.2:
            found["until"] = clock()
        return found

    rules: list[dict[str, Any]] = []
    for number in range(7):
        first, last = sorted([clock(), clock()])
        when: Any = random.choice(
            [
                {"condition": "time", "after": first, "before": last},
                {"condition": "state", "entity_id": "schedule.hours", "state": "on"},
                {
                    "condition": "cisco_unified_presence.calendar_event",
                    "target": {"entity_id": "calendar.office"},
                    "options": {"title": random.choice(["A", "B"])},
                },
                f"{{{{ now().hour in [{random.randint(11, 22)}, {random.randint(11, 22)}] }}}}",
                {"condition": "state", "entity_id": ROOM, "state": random.choice(["on", "off"])},
            ]
        )
        rules.append(
            {
                "name": f"Rule {number}",
                "people": random.sample(["anna", "ben", "clara"], 2),
                "when": [when],
                "presence": random.choice(["busy", "away", "vacation", "own"]),
                "priority": random.choice([0, 10, 20]),
                **times(),
            }
        )
    events = [
        meeting(random.choice(["A", "B"]), start, start + random.choice([0.5, 1, 2]))
        for start in random.sample(range(10, 22), 4)
    ]
    first, last = sorted([clock(), clock()])
    week = {"name": "Hours", "monday": [{"from": first, "to": last}] if first < last else []}
    return yaml.safe_dump(rules), events, week


@pytest.mark.timeout(120)
@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize("seed", range(2, 6))
async def test_what_was_forecast_comes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, seed: int
) -> None:
    """Half a day passes, and what is decided is what was forecast, each at its minute."""
    rules, events, week = a_day(Random(seed))
    hass.states.async_set(ROOM, "on")
    serve_calendars(hass).put("calendar.office", events)
    assert await async_setup_component(hass, "schedule", {"schedule": {"hours": week}})
    await use_rules(hass, cup, rules)
    await set_presence(hass, "do_not_disturb", until="11:40:00")
    await settled(cup)

    people: Any = (await answer(hass, "forecast", hours=12))["people"]

    forecast: dict[str, list[tuple[str, str | None, str | None]]] = {}
    for contact, person in people.items():
        last = (person["now"]["wanted"], person["now"]["rule"])
        for change in person["changes"]:
            at = datetime.fromisoformat(change["at"])
            if at <= EVENING and (now := (change["wanted"], change["rule"])) != last:
                forecast.setdefault(contact.split("@")[0], []).append((change["at"][11:16], *now))
                last = now
    moments = [
        dt_util.as_utc(datetime.fromisoformat(change["at"]))
        for person in people.values()
        for change in person["changes"]
    ]
    comes = await followed(hass, freezer, cup, EVENING, moments)
    assert comes == forecast
