"""How a rule may be written, and what it means."""

from copy import deepcopy
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.directory import PeopleSelection
from custom_components.cisco_unified_presence.rules.presence_choice import PresenceChoice
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.schema import RULE_SCHEMA
from custom_components.cisco_unified_presence.rules.timing import RuleTimes
from custom_components.cisco_unified_presence.states import PRESENCES
from tests.common.rules import AT_DESK, rule, subentry, written

MEETING: dict[str, Any] = {
    "name": "Meeting room",
    "people": ["user1", "user2"],
    "when": [
        {
            "condition": "state",
            "entity_id": "binary_sensor.meeting_room_occupancy",
            "state": "on",
        }
    ],
    "for": {"minutes": 1},
    "hold": {"minutes": 2},
    "presence": "busy",
    "note": "In the meeting room",
    "priority": 50,
    "at_most": {"hours": 3},
}


@pytest.fixture(autouse=True)
def _running(hass: HomeAssistant) -> None:
    """Let Home Assistant run, which templates need to be validated."""


def refusal(**changes: Any) -> str:
    """Return why a rule with these changes is refused, and where."""
    with pytest.raises(vol.Invalid) as raised:
        RULE_SCHEMA(written(**changes))
    return str(raised.value)


async def test_the_example_of_the_documentation_means_what_it_says() -> None:
    untouched = deepcopy(MEETING)
    assert Rule.of(RULE_SCHEMA(MEETING)) == Rule(
        id="meeting_room",
        name="Meeting room",
        people=PeopleSelection(words=("user1", "user2")),
        when=MEETING["when"],
        times=RuleTimes(
            before=timedelta(minutes=1),
            after=timedelta(minutes=2),
            at_most=timedelta(hours=3),
            grace=timedelta(minutes=5),
        ),
        presence=PresenceChoice(word="busy"),
        requested=RequestedPresence(Presence.BUSY, override=True, note="In the meeting room"),
        note="In the meeting room",
        priority=50,
        insist=False,
    )
    assert untouched == MEETING


async def test_most_may_be_left_out() -> None:
    made = rule()
    assert made.times == RuleTimes()
    assert (made.priority, made.insist) == (0, False)


async def test_all_of_it_can_be_said() -> None:
    made = rule(
        id="x", override=True, insist=True, grace=0, priority=-1000, duration="00:00:10", hold=5
    )
    assert (made.id, made.insist, made.priority) == ("x", True, -1000)
    assert made.times == RuleTimes(
        before=timedelta(seconds=10), after=timedelta(seconds=5), grace=timedelta(0)
    )


@pytest.mark.parametrize(
    ("said", "requested"),
    [
        ({"presence": "available"}, RequestedPresence(Presence.AVAILABLE, override=False)),
        (
            {"presence": "available", "note": "x"},
            RequestedPresence(Presence.AVAILABLE, override=True, note="x"),
        ),
        ({"presence": "away"}, RequestedPresence(Presence.AWAY, override=True)),
        ({"presence": "away", "override": False}, RequestedPresence(Presence.AWAY, override=False)),
        (
            {"presence": "offline", "override": "no"},
            RequestedPresence(Presence.UNAVAILABLE, override=False),
        ),
        ({"presence": "do_not_disturb"}, RequestedPresence(Presence.DND, override=True)),
    ],
)
async def test_a_presence_overrides_where_that_is_usual(
    said: dict[str, Any], requested: RequestedPresence
) -> None:
    assert rule(**said).requested == requested


@pytest.mark.parametrize(("word", "presence"), PRESENCES.items())
async def test_every_word_can_be_wanted(word: str, presence: Presence) -> None:
    requested = rule(presence=word).requested
    assert requested
    assert requested.presence is presence


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"presence": "available", "override": True}, "override"),
        ({"presence": "do_not_disturb", "override": False}, "override"),
        ({"presence": "busy", "note": "x", "override": False}, "override"),
        ({"presence": "unknown"}, "presence"),
        ({"note": ""}, "note"),
        ({"note": "x" * 141}, "note"),
        ({"name": " "}, "name"),
        ({"people": []}, "people"),
        ({"people": ["anna", ""]}, "people"),
        ({"people": {}}, "people"),
        ({"people": {"entity_id": []}}, "people"),
        ({"people": {"room_id": "x"}}, "room_id"),
        ({"when": []}, "when"),
        ({"when": None}, "when"),
        ({"when": {"condition": "state"}}, "when"),
        ({"hold": -1}, "hold"),
        ({"at_most": 0}, "at_most"),
        ({"priority": 1001}, "priority"),
        ({"priority": -1001}, "priority"),
        ({"priority": "high"}, "priority"),
        ({"urgent": True}, "urgent"),
    ],
)
async def test_what_makes_no_sense_is_refused_where_it_stands(
    said: dict[str, Any], place: str
) -> None:
    assert place in refusal(**said)


@pytest.mark.parametrize("key", ["name", "people", "when", "presence"])
async def test_some_keys_are_required(key: str) -> None:
    data = written()
    del data[key]
    with pytest.raises(vol.Invalid, match=key):
        RULE_SCHEMA(data)


@pytest.mark.parametrize("presence", ["{{ states('sensor.x') }}", {"entity_id": "sensor.x"}])
async def test_a_presence_that_may_be_none_needs_no_conditions(presence: Any) -> None:
    data = written(presence=presence)
    del data["when"]
    assert Rule.of(RULE_SCHEMA(data)).when == []


async def test_a_stored_rule_needs_conditions_too() -> None:
    with pytest.raises(vol.Invalid, match="needs a condition"):
        Rule.from_subentry(stored(when=[]))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"when": {**AT_DESK, "state": True}}, 'the state needs quotation marks, as in "on"'),
        ({"when": [{"or": [{**AT_DESK, "state": ["x", False]}]}]}, 'as in "off"'),
        ({"conditions": [AT_DESK]}, "rules call this “when”"),
        ({"message": "x"}, "rules call this “note”"),
        ({"presence": "Do not disturb"}, "did you mean 'do_not_disturb'"),
    ],
)
async def test_a_refusal_says_what_to_write(said: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(**said)


async def test_people_are_words_and_targets() -> None:
    people = [12345, {"area_id": "office", "label_id": ["team", "guests"]}]
    assert rule(people=people).people == PeopleSelection(
        words=("12345",),
        ids=(("area_id", "office"), ("label_id", "team"), ("label_id", "guests")),
    )
    assert rule(people="anna").people == PeopleSelection(words=("anna",))
    assert rule(people="anna, ben").people == PeopleSelection(words=("anna", "ben"))
    assert rule(people={"floor_id": "1"}).people == PeopleSelection(ids=(("floor_id", "1"),))


async def test_conditions_stay_as_they_were_written() -> None:
    shorthand = {"or": ["{{ true }}", AT_DESK]}
    assert rule(when=shorthand).when == [shorthand]
    assert rule(when="{{ true }}").when == ["{{ true }}"]


async def test_conditions_are_told_from_others() -> None:
    assert rule().fingerprint == rule("Other", priority=3, presence="away").fingerprint
    assert rule().fingerprint != rule(when="{{ true }}").fingerprint
    # What a presence is taken from decides as well: an unknown one ends the rule.
    modes = [rule(presence={"entity_id": each}) for each in ("select.one", "select.other")]
    assert len({each.fingerprint for each in (rule(), *modes)}) == 3


def stored(**changes: Any) -> ConfigSubentry:
    made = subentry("Meeting room", **changes)
    return ConfigSubentry(**{**made, "data": MappingProxyType(made["data"])})


async def test_a_subentry_is_a_rule() -> None:
    added = stored(people=[{"area_id": ["office"]}], priority=3)
    made = Rule.from_subentry(added)
    assert (made.id, made.name, made.priority) == (added.subentry_id, "Meeting room", 3)
    assert made.people == PeopleSelection(ids=(("area_id", "office"),))


async def test_conditions_that_are_refused_today_do_not_take_the_entry_down() -> None:
    old = [{"condition": "state"}]
    assert "when" in refusal(when=old)
    assert Rule.from_subentry(stored(when=old)).when == old


def test_what_earlier_versions_stored_loads() -> None:
    name = "n" * 300
    made = subentry(name, **{"for": {"days": 99999}})
    loaded = Rule.from_subentry(ConfigSubentry(**{**made, "data": MappingProxyType(made["data"])}))
    assert (loaded.name, loaded.times.before) == (name, timedelta(days=36500))
