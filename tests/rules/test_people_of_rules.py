"""Rules that are evaluated for each person: docs/rules.md, "For each person"."""

from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import OwnPresence
from custom_components.cisco_unified_presence.people import MOST_NAMES, people_of
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import RuleEngine
from tests.common.conditions import set_state
from tests.common.entry import person
from tests.common.rules import (
    ANNA,
    BEN,
    issues,
    open_engine,
    pass_by,
    rule,
    settled,
    shut,
    start,
)

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben", controlled=True)]


ROOM = "{{ states('sensor.' ~ person.user ~ '_area') }}"


def requested(engine: RuleEngine, entry: ConfigEntry, person: str = ANNA) -> Any:
    """Return the word and the note that rules request for a person, None for nothing."""
    found = [each.requested for each in engine.requests_for(entry.entry_id, person)]
    if not found:
        return None
    return (found[0].presence, found[0].note) if found[0] else "own"


def in_a_room(**changes: Any) -> Any:
    """Return the rule of hot desks."""
    return rule(
        "In a room",
        **{
            "people": ["anna", "ben"],
            "variables": {"room": ROOM},
            "when": "{{ room in ['Blue', 'Red'] }}",
            "note": "In {{ room }}",
            **changes,
        },
    )


async def test_variables_are_rendered_for_each_person(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, in_a_room(), entry=entry)
    await set_state(hass, "sensor.anna_area", "Blue")
    await set_state(hass, "sensor.ben_area", "Kitchen")

    assert requested(engine, entry) == (Presence.BUSY, "In Blue")
    assert requested(engine, entry, BEN) is None

    await set_state(hass, "sensor.ben_area", "Red")
    await set_state(hass, "sensor.anna_area", "Red")
    assert requested(engine, entry) == (Presence.BUSY, "In Red")
    assert requested(engine, entry, BEN) == (Presence.BUSY, "In Red")

    await set_state(hass, "sensor.anna_area", "Kitchen")
    assert requested(engine, entry) is None
    assert requested(engine, entry, BEN) == (Presence.BUSY, "In Red")


async def test_times_count_for_each_person(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    engine = await open_engine(hass, in_a_room(duration={"minutes": 2}), entry=entry)
    await set_state(hass, "sensor.anna_area", "Blue")
    await pass_by(hass, freezer, timedelta(minutes=1))
    await set_state(hass, "sensor.ben_area", "Blue")
    await pass_by(hass, freezer, timedelta(minutes=1))
    assert requested(engine, entry)
    assert requested(engine, entry, BEN) is None
    await pass_by(hass, freezer, timedelta(minutes=1))
    assert requested(engine, entry, BEN)


async def test_each_person_keeps_state_over_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await set_state(hass, "sensor.anna_area", "Blue")
    engine = await open_engine(hass, in_a_room(), entry=entry)
    assert requested(engine, entry) == (Presence.BUSY, "In Blue")
    await shut(hass)

    hass.states.async_remove("sensor.anna_area")
    hass.set_state(CoreState.starting)
    engine = await open_engine(hass, in_a_room(), entry=entry)
    assert requested(engine, entry) == (Presence.BUSY, "In Blue")
    assert requested(engine, entry, BEN) is None
    await start(hass)
    # What an entity that is missing leaves renders to "unknown".
    assert requested(engine, entry) is None
    # Home Assistant cleans up after its start, and then waits whether to do so again.
    await pass_by(hass, freezer, timedelta(minutes=1))
    await pass_by(hass, freezer, timedelta(minutes=1))


async def test_only_rules_whose_texts_depend_on_the_person_are_evaluated_for_each(
    hass: HomeAssistant,
) -> None:
    assert in_a_room().is_personal
    assert rule(note="{{ person.area }}").is_personal
    assert rule(presence="{{ states('select.' ~ person.user) }}").is_personal
    assert rule(when={"condition": "not", "conditions": ["{{ person.own == 'away' }}"]}).is_personal
    shared: dict[str, Any] = {
        "variables": {"room": "{{ states('sensor.room') }}"},
        "note": "{{ room }}",
    }
    assert not rule(**shared).is_personal
    assert not rule(when="{{ states.person.anna.state == 'home' }}").is_personal
    unused: dict[str, Any] = {"variables": {"me": "{{ person.name }}"}}
    assert not rule(**unused).is_personal


async def test_variables_of_all_people_are_rendered_once(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    shared: dict[str, Any] = {
        "people": ["anna", "ben"],
        "variables": {"room": "{{ states('sensor.room') }}", "text": "In {{ room }}"},
        "when": "{{ room != 'none' }}",
        "note": "{{ text }}",
    }
    await set_state(hass, "sensor.room", "none")
    engine = await open_engine(hass, rule(**shared), entry=entry)
    assert requested(engine, entry) is None
    await set_state(hass, "sensor.room", "Blue")
    assert requested(engine, entry) == requested(engine, entry, BEN) == (Presence.BUSY, "In Blue")


def left_out(*words: str) -> dict[str, Any]:
    # The key is a word of Python's own.
    return {"except": list(words)}


async def test_some_of_the_people_may_be_left_out(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    people: dict[str, Any] = {"people": ["anna", "ben"], "when": "{{ true }}"}
    everybody = rule(**people, **left_out("ben"))
    engine = await open_engine(hass, everybody, entry=entry)
    assert requested(engine, entry)
    assert requested(engine, entry, BEN) is None
    await engine.async_set_yaml_rules([rule(**people, **left_out("nobody"))])
    await settled(hass)
    assert requested(engine, entry, BEN)
    assert issues(hass)["rule_people_desk"] == {"rule": "Desk", "words": "nobody"}


async def test_only_some_of_thousands_who_are_unknown_are_named(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    unknown = [f"unknown{number}" for number in range(MOST_NAMES + 1)]
    await open_engine(hass, rule(people=["anna", *unknown]), entry=entry)
    words = ", ".join([*unknown[:MOST_NAMES], "…"])
    assert issues(hass)["rule_people_desk"] == {"rule": "Desk", "words": words}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ person.user }}", "anna"),
        ("{{ person.name }}", "Anna"),
        ("{{ person.contact }}", ANNA),
        ("{{ person.own }} {{ person.own_activities | join }}", "away on_the_phone"),
        ("{{ person.links.calendar | default('none linked') }}", "none linked"),
        ("{{ person.labels | join(' ') }}|{{ person.area }}|{{ person.area_id }}", "|None|None"),
    ],
)
async def test_what_templates_know_of_a_person(
    hass: HomeAssistant, entry: MockConfigEntry, text: str, said: str
) -> None:
    made = rule(when="{{ true }}", note=f"is {text}")
    engine = await open_engine(hass, made)
    own = OwnPresence("away", frozenset({"on_the_phone"}))
    await engine.async_add_entry(entry, lambda: people_of(entry), lambda _key: own)
    assert requested(engine, entry) == (Presence.BUSY, f"is {said}")


async def test_own_presence_that_changes_is_noticed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    own = {ANNA: OwnPresence("available")}
    engine = await open_engine(hass, rule(when="{{ person.own == 'away' }}"))
    await engine.async_add_entry(
        entry, lambda: people_of(entry), lambda key: own.get(key, OwnPresence())
    )
    assert requested(engine, entry) is None
    own[ANNA] = OwnPresence("away")
    engine.async_own_changed(entry.entry_id, ANNA, follows=False)
    assert requested(engine, entry)


# Presence, note and end


async def test_a_presence_may_be_a_template(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    made = rule(when="{{ true }}", presence="{{ states('select.mode') }}")
    engine = await open_engine(hass, made, entry=entry)
    for state, expected in (
        ("busy", (Presence.BUSY, None)),
        ("away", (Presence.AWAY, None)),
        ("own", "own"),
        ("lunch", None),
        ("do_not_disturb", (Presence.DND, None)),
        ("", None),
    ):
        await set_state(hass, "select.mode", state)
        assert requested(engine, entry) == expected


@pytest.mark.parametrize("source", ["entity_id", "template"])
async def test_a_presence_may_be_mapped(
    hass: HomeAssistant, entry: MockConfigEntry, source: str
) -> None:
    mode = {"entity_id": "select.mode", "template": "{{ states('select.mode') }}"}[source]
    words = {"focus": "do_not_disturb", "lunch": {"presence": "away", "note": "Lunch"}, True: "own"}
    made = rule(when="{{ true }}", presence={source: mode, "map": words}, note="Working")
    engine = await open_engine(hass, made, entry=entry)
    for state, expected in (
        ("focus", (Presence.DND, "Working")),
        ("lunch", (Presence.AWAY, "Lunch")),
        ("on", "own"),
        ("party", None),
    ):
        await set_state(hass, "select.mode", state)
        assert requested(engine, entry) == expected


async def test_an_entity_that_says_nothing_leaves_the_presence_for_the_grace_time(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    choice = {"entity_id": "select.mode", "map": {"focus": "busy"}}
    await set_state(hass, "select.mode", "focus")
    engine = await open_engine(hass, rule(when="{{ true }}", presence=choice), entry=entry)
    await set_state(hass, "select.mode", "unavailable")
    assert requested(engine, entry) == (Presence.BUSY, None)
    await pass_by(hass, freezer, timedelta(minutes=5))
    assert requested(engine, entry) is None


@pytest.mark.parametrize(
    ("said", "note"),
    [("At lunch", "is At lunch"), ("", "is"), ("x" * 200, f"is {'x' * 137}")],
)
async def test_a_note_may_be_a_template(
    hass: HomeAssistant, entry: MockConfigEntry, said: str, note: str
) -> None:
    engine = await open_engine(
        hass, rule(when="{{ true }}", note="is {{ states('input_text.note') }}"), entry=entry
    )
    await set_state(hass, "input_text.note", said)
    assert requested(engine, entry) == (Presence.BUSY, note)


@pytest.mark.parametrize("template", ["{{ states('input_text.note') }}", "{{ 1 / 0 }}"])
async def test_a_note_that_is_unknown_is_none(
    hass: HomeAssistant, entry: MockConfigEntry, template: str
) -> None:
    engine = await open_engine(hass, rule(when="{{ true }}", note=template), entry=entry)
    assert requested(engine, entry) == (Presence.BUSY, None)


UNTIL: list[tuple[Any, Callable[[HomeAssistant], None]]] = [
    ("12:30", lambda _: None),
    (12 * 60 + 30, lambda _: None),
    ("2026-11-23 12:30:00", lambda _: None),
    ("{{ today_at('12:30') }}", lambda _: None),
    (
        {"entity_id": "sun.sun", "attribute": "next_setting"},
        lambda hass: hass.states.async_set(
            "sun.sun", "up", {"next_setting": "2026-11-23T20:30:00+00:00"}
        ),
    ),
    (
        {"entity_id": "input_datetime.end"},
        lambda hass: hass.states.async_set("input_datetime.end", "12:30:00"),
    ),
]


@pytest.mark.parametrize(("until", "given"), UNTIL)
async def test_a_rule_ends_by_its_end_and_begins_anew_after_its_conditions_were_false(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    until: Any,
    given: Callable[[HomeAssistant], None],
) -> None:
    freezer.move_to("2026-11-23T20:00:00+00:00")  # noon
    given(hass)
    await set_state(hass, "binary_sensor.desk", "on")
    engine = await open_engine(hass, rule(until=until), entry=entry)
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.until
    assert request.until.isoformat() == "2026-11-23T20:30:00+00:00"
    await pass_by(hass, freezer, timedelta(minutes=29, seconds=59))
    assert requested(engine, entry)
    await pass_by(hass, freezer, timedelta(seconds=1))
    assert requested(engine, entry) is None
    if "sun" in str(until):
        hass.states.async_set("sun.sun", "down", {"next_setting": "2026-11-24T20:29:00+00:00"})
    await pass_by(hass, freezer, timedelta(minutes=1))
    assert requested(engine, entry) is None
    await set_state(hass, "binary_sensor.desk", "off")
    await set_state(hass, "binary_sensor.desk", "on")
    # The time of day comes again tomorrow; a moment that has passed ends the rule at once.
    again = until in ("12:30", 12 * 60 + 30) or isinstance(until, dict)
    assert (requested(engine, entry) is not None) is again


@pytest.mark.parametrize(
    ("insist", "presence", "yields_to", "expected"),
    [
        (False, "busy", None, {"do_not_disturb"}),
        (True, "busy", None, set()),
        (False, "do_not_disturb", None, set()),
        (False, "busy", ["away", "on_the_phone"], {"away", "on_the_phone"}),
        (False, "busy", [], set()),
    ],
)
async def test_over_which_own_presence_a_rule_does_not_win(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    *,
    insist: bool,
    presence: str,
    yields_to: list[str] | None,
    expected: set[str],
) -> None:
    said: dict[str, Any] = {} if yields_to is None else {"yields_to": yields_to}
    made = rule(when="{{ true }}", insist=insist, presence=presence, **said)
    engine = await open_engine(hass, made, entry=entry)
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.yields_to == expected


async def test_rules_of_people_who_come_and_go(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    engine = await open_engine(hass, in_a_room(people=["anna", "new"]), entry=entry)
    await set_state(hass, "sensor.new_area", "Blue")
    added = ConfigSubentry(
        data=MappingProxyType({"user": "new", "contact": "new@example.com", "controlled": True}),
        subentry_type="person",
        title="New",
        unique_id="person_new@example.com",
    )
    hass.config_entries.async_add_subentry(entry, added)
    await engine.async_people_changed(entry)
    await settled(hass)
    assert requested(engine, entry, "new@example.com") == (Presence.BUSY, "In Blue")
    hass.config_entries.async_remove_subentry(entry, added.subentry_id)
    await engine.async_people_changed(entry)
    await settled(hass)
    assert requested(engine, entry, "new@example.com") is None
