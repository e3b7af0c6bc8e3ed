"""Where the change of a rule comes from: whose presences have led to it, time, or anything else."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import Context, State
import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import person_device_identifier
from custom_components.cisco_unified_presence.rules.loop_origins import LoopOrigins
from custom_components.cisco_unified_presence.rules.loops import (
    FOREIGN,
    Call,
    LoopGuard,
    Origin,
    WinnerChange,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DESK, LAMP = "binary_sensor.desk", "light.lamp"


class Loops:
    """Origins over rules, changes, people and entities that a test names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.guard = LoopGuard()
        self.changes: dict[str, RuleChange | None] = {}
        self.read: dict[str, list[str]] = {}
        self.shown: dict[str, str] = {}
        self.about: dict[str, str] = {}
        self.entries: dict[str, Any] = {}
        self.states: dict[str, State] = {}
        self.groups = [SimpleNamespace(subentry_id="team")]
        owner = SimpleNamespace(get_subentries_of_type={"group": self.groups}.get)
        hass: Any = SimpleNamespace(
            states=SimpleNamespace(get=self.states.get, async_all=self._states_of),
            config_entries=SimpleNamespace(async_get_entry={"entry": owner}.get),
        )
        registry = SimpleNamespace(async_get=self.entries.get, async_get_entity_id=self._entity_id)
        devices = SimpleNamespace(async_get_device_by_identifier=self._device)
        helpers = "homeassistant.helpers"
        monkeypatch.setattr(f"{helpers}.entity_registry.async_get", lambda _: registry)
        monkeypatch.setattr(f"{helpers}.device_registry.async_get", lambda _: devices)
        monkeypatch.setattr(
            f"{helpers}.entity_registry.async_entries_for_device",
            lambda _, device: [x for x in self.entries.values() if x.device_id == device],
        )
        targets: Any = SimpleNamespace(
            shown_by=lambda entity_id: self._people(self.shown.get(entity_id)),
            of=lambda rule_id: self._people(self.about.get(rule_id)),
        )
        self.origins = LoopOrigins(hass, targets, self.guard, self.runner)

    def _people(self, names: str | None) -> list[tuple[str, str]]:
        return [self.person(each) for each in (names or "").split()]

    def _states_of(self, domains: tuple[str, ...]) -> list[State]:
        return [each for each in self.states.values() if each.domain in domains]

    def _entity_id(self, domain: str, platform: str, unique_id: str) -> str | None:
        assert platform == DOMAIN
        entity_id = f"{domain}.{unique_id}"
        return entity_id if entity_id in self.entries else None

    def _device(self, identifier: tuple[str, str], entry_id: str) -> Any:
        assert entry_id == "entry"
        return SimpleNamespace(id=identifier)

    def person(self, name: str) -> tuple[str, str]:
        return "entry", name

    def runner(self, rule_id: str) -> Any:
        if rule_id not in self.changes:
            return None
        leaves = [
            (1, SimpleNamespace(inputs=SimpleNamespace(entities={each})))
            for each in self.read.get(rule_id, ())
        ]
        running = SimpleNamespace(conditions=SimpleNamespace(numbered_leaves=leaves), texts=None)
        return SimpleNamespace(
            rule=SimpleNamespace(id=rule_id),
            change_of=lambda _: self.changes[rule_id],
            instances={None: SimpleNamespace(running=running)},
        )

    def ours(self, unique_id: str, domain: str = "sensor", device: Any = None) -> str:
        """Add an entity of this integration."""
        entity_id = f"{domain}.{unique_id}"
        self.entries[entity_id] = SimpleNamespace(
            entity_id=entity_id, unique_id=unique_id, platform=DOMAIN, device_id=device
        )
        return entity_id

    def set(self, entity_id: str, context: Context | None = None) -> Context:
        """Set the state of an entity, and return its context."""
        state = State(entity_id, "on", context=context or Context())
        self.states[entity_id] = state
        return state.context

    def follows(self, rule_id: str, entity_id: str | None, context: Context | None = None) -> None:
        """Let a rule have changed with an input, or by time."""
        self.changes[rule_id] = RuleChange(at=NOW, entity_id=entity_id, context=context)

    def won(self, name: str, *led_to_it: str, seconds: int = 0) -> None:
        people = frozenset(map(self.person, led_to_it))
        at = NOW + seconds * SECOND
        change = WinnerChange(at, frozenset({str(seconds)}), Origin(people=people))
        self.guard.note(self.person(name), change)

    def called(self, name: str, *led_to_it: str) -> None:
        people = frozenset(map(self.person, led_to_it))
        self.guard.note_call(self.person(name), Call(NOW, people))

    def origin(self, *rules: str, now: datetime = NOW) -> Origin:
        return self.origins.async_origin(self.person("anna"), rules, now)

    def by(self, *names: str, reads: Mapping[str, str], by_time: bool = False) -> Origin:
        return Origin(frozenset(map(self.person, names)), frozenset(reads.items()), by_time)


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> Loops:
    return Loops(monkeypatch)


@pytest.fixture
def ben(loops: Loops) -> str:
    """Return an entity that shows Ben's presence, which the rule Desk follows."""
    entity_id = loops.ours("ben")
    loops.shown[entity_id] = "ben"
    loops.follows("desk", entity_id)
    return entity_id


def test_who_has_led_to_another_winner(loops: Loops, ben: str) -> None:
    assert loops.origin("desk") == FOREIGN
    loops.won("ben", "anna")
    assert loops.origin("desk") == loops.by("ben", "anna", reads={"desk": ben})
    # A rule that is gone has no part in it.
    assert loops.origin("gone", "desk") == loops.by("ben", "anna", reads={"desk": ben})
    assert loops.origin("desk", now=NOW + timedelta(hours=1)) == FOREIGN


def test_who_has_led_to_an_action(loops: Loops, ben: str) -> None:
    loops.won("ben", "clara")
    loops.called("ben", "anna")
    assert loops.origin("desk") == loops.by("ben", "anna", reads={"desk": ben})
    loops.called("ben")
    assert loops.origin("desk") == FOREIGN


def test_of_those_whom_an_entity_shows_only_who_has_changed_counts(loops: Loops, ben: str) -> None:
    loops.shown[ben] = "eva ben clara"
    loops.won("ben", "anna")
    assert loops.origin("desk") == loops.by("ben", "anna", reads={"desk": ben})


@pytest.mark.parametrize(("seconds", "is_foreign"), [(-1, False), (0, False), (1, True)])
def test_a_person_may_have_done_it_since(
    loops: Loops, ben: str, seconds: int, *, is_foreign: bool
) -> None:
    loops.won("ben", "anna")
    loops.guard.note_own(loops.person("ben"), NOW + seconds * SECOND)
    found = loops.origin("desk", now=NOW + 2 * SECOND)
    assert found == (FOREIGN if is_foreign else loops.by("ben", "anna", reads={"desk": ben}))
    loops.called("ben", "clara")
    found = loops.origin("desk", now=NOW + 2 * SECOND)
    assert found == (FOREIGN if is_foreign else loops.by("ben", "clara", reads={"desk": ben}))


def test_what_follows_from_time(loops: Loops, ben: str) -> None:
    loops.follows("desk", None)
    loops.read["desk"] = [ben, DESK]
    loops.shown[DESK] = "clara"
    assert loops.origin("desk") == loops.by("ben", reads={}, by_time=True)
    # With another rule that follows from an input, that one counts.
    loops.follows("call", ben)
    loops.won("ben", "dora")
    assert loops.origin("desk", "call") == loops.by("ben", "dora", reads={"call": ben})
    loops.follows("call", DESK)
    assert loops.origin("desk", "call") == FOREIGN
    assert loops.origin() == Origin(by_time=True)


def test_a_rule_that_reads_the_entities_of_rules(loops: Loops, ben: str) -> None:
    """By way of each other, or of itself."""
    active, status = loops.ours("rule_a_b", "binary_sensor"), loops.ours("rule_a_b_status")
    itself = loops.ours("rule_room_wins")
    loops.follows("a_b", ben)
    loops.follows("room", active)
    loops.won("ben", "dora")
    assert loops.origin("room") == loops.by("ben", "dora", reads={"room": active})
    loops.follows("room", status)
    assert loops.origin("room") == loops.by("ben", "dora", reads={"room": status})
    loops.follows("room", itself)
    assert loops.origin("room") == loops.by("anna", reads={"room": itself})
    # It follows from a rule that follows from itself.
    loops.follows("room", active)
    loops.follows("a_b", itself)
    assert loops.origin("room") == loops.by("anna", reads={"room": active})
    loops.changes["a_b"] = None
    assert loops.origin("room") == FOREIGN
    del loops.changes["a_b"]
    assert loops.origin("room") == FOREIGN


@pytest.mark.parametrize("rules", range(1, 8))
def test_how_many_rules_are_followed(loops: Loops, ben: str, rules: int) -> None:
    loops.won("ben", "dora")
    follows = ben
    for number in range(rules):
        loops.follows(f"r{number}", follows)
        follows = loops.ours(f"rule_r{number}", "binary_sensor")
    found = loops.origin(f"r{rules - 1}")
    assert (found == FOREIGN) == (rules > 5)


@pytest.fixture
def source(loops: Loops, ben: str) -> str:
    """Return the entity of Ben, whose winner has changed, on his device."""
    loops.entries[ben].device_id = person_device_identifier(*loops.person("ben"))
    loops.won("ben", "anna")
    return ben


def test_an_entity_of_others_follows_by_its_context(loops: Loops, source: str) -> None:
    context = loops.set(source)
    for same in (context, Context(parent_id=context.id)):
        loops.follows("desk", LAMP, same)
        assert loops.origin("desk") == loops.by("ben", "anna", reads={"desk": LAMP})
    for other in (None, Context(), Context(parent_id="other")):
        loops.follows("desk", LAMP, other)
        assert loops.origin("desk") == FOREIGN


@pytest.mark.parametrize("steps", range(1, 8))
def test_automations_that_trigger_one_another(loops: Loops, source: str, steps: int) -> None:
    context = loops.set(source)
    for number in range(steps):
        domain = "automation" if number % 2 else "script"
        context = Context(parent_id=context.id)
        loops.set(f"{domain}.a{number}", context)
    loops.follows("desk", LAMP, context)
    found = loops.origin("desk")
    assert (found == FOREIGN) == (steps > 5)


def test_an_entity_of_a_group_is_a_source_too(loops: Loops) -> None:
    anyone = loops.ours("anyone", "binary_sensor", (DOMAIN, "group_team"))
    loops.shown[anyone] = "ben"
    loops.won("ben", "anna")
    loops.follows("desk", LAMP, loops.set(anyone))
    assert loops.origin("desk") == loops.by("ben", "anna", reads={"desk": LAMP})
    loops.groups.clear()
    loops.follows("desk", LAMP, loops.set(anyone))
    assert loops.origin("desk") == FOREIGN


def test_the_source_of_one_change_is_looked_for_once(
    loops: Loops, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = loops.origins._entity_with
    searched: list[set[str]] = []

    def counted(lineage: set[str]) -> str | None:
        searched.append(lineage)
        return found(lineage)

    monkeypatch.setattr(loops.origins, "_entity_with", counted)
    context = loops.set(source)
    loops.follows("desk", LAMP, context)
    expected = loops.by("ben", "anna", reads={"desk": LAMP})
    assert [loops.origin("desk") for _ in range(3)] == [expected] * 3
    assert searched == [{context.id}]

    for user in ("anna", "ben", "clara"):
        loops.origins.async_note_call(loops.person(user), context, NOW)
    # An action of a user has the context of none of ours, whatever the user has set before.
    assert searched[1:] == [set()]
    assert loops.guard.call(loops.person("clara"), NOW) == Call(NOW)
    by_automation = Context(parent_id=context.id)
    loops.origins.async_note_call(loops.person("clara"), by_automation, NOW)
    assert searched[2:] == [{context.id}]


def test_whose_presence_has_led_to_an_action(loops: Loops, source: str) -> None:
    context = loops.set(source)
    clara = loops.person("clara")
    both = frozenset(map(loops.person, ("anna", "ben")))
    for called, people in (
        (Context(parent_id=context.id), both),
        (Context(parent_id="other"), frozenset()),
        (Context(), frozenset()),
        # It is that of the action itself.
        (context, frozenset()),
    ):
        loops.origins.async_note_call(clara, called, NOW)
        assert loops.guard.call(clara, NOW) == Call(NOW, people)
    # A user has set that.
    loops.called("ben")
    loops.origins.async_note_call(clara, Context(parent_id=context.id), NOW)
    assert loops.guard.call(clara, NOW) == Call(NOW)


TELLING = [
    ("binary_sensor", "rule_desk"),
    ("sensor", "rule_desk_status"),
    ("sensor", "rule_desk_wins"),
    ("sensor", "rule_desk_time_won"),
]


@pytest.mark.parametrize(("domain", "unique_id"), TELLING)
def test_a_rule_that_follows_from_itself(loops: Loops, domain: str, unique_id: str) -> None:
    entity_id = loops.ours(unique_id, domain)
    context = loops.set(entity_id)
    loops.follows("desk", entity_id)
    assert loops.origins.async_follows_from_itself("desk")
    for same in (context, Context(parent_id=context.id)):
        loops.follows("desk", LAMP, same)
        assert loops.origins.async_follows_from_itself("desk")


def test_a_rule_that_follows_from_something_else(loops: Loops, ben: str) -> None:
    loops.ours("rule_desk", "binary_sensor")
    for entity_id, context in ((None, None), (LAMP, None), (LAMP, Context()), (ben, None)):
        loops.follows("desk", entity_id, context)
        assert not loops.origins.async_follows_from_itself("desk")
    loops.changes["desk"] = None
    assert not loops.origins.async_follows_from_itself("desk")
    assert not loops.origins.async_follows_from_itself("gone")


@pytest.mark.parametrize("others", range(7))
def test_a_rule_that_follows_from_itself_by_way_of_others(loops: Loops, others: int) -> None:
    follows = loops.ours("rule_desk", "binary_sensor")
    loops.set(follows)
    for number in range(others):
        loops.follows(f"r{number}", follows)
        follows = loops.ours(f"rule_r{number}", "binary_sensor")
    loops.follows("desk", follows)
    assert loops.origins.async_follows_from_itself("desk") == (others < 5)


def test_for_whom_a_rule_has_changed(loops: Loops, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def runner(_rule_id: str) -> Any:
        return SimpleNamespace(change_of=asked.append)

    monkeypatch.setattr(loops.origins, "_runner_of", runner)
    loops.about["desk"] = "ben"
    for rule_id in ("desk", "other"):
        loops.origins.async_follows_from_itself(rule_id)
    assert asked == [loops.person("ben"), ("", "")]


def people_changed(loops: Loops, names: Iterable[str]) -> None:
    for name in names:
        loops.won(name)


@pytest.mark.parametrize(("later", "is_found"), [(19, True), (20, False)])
def test_only_those_who_changed_last_count(
    loops: Loops, source: str, later: int, *, is_found: bool
) -> None:
    people_changed(loops, (f"user{number}" for number in range(later)))
    loops.follows("desk", LAMP, loops.set(source))
    assert (loops.origin("desk") != FOREIGN) is is_found
