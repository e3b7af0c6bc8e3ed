"""Pauses as values: which rules they stop for whom, against a set of all pairs."""

from datetime import UTC, datetime, timedelta
from itertools import product
import json

from hypothesis import given
from hypothesis import strategies as st

from custom_components.cisco_unified_presence.arbitration import RulesPause
from custom_components.cisco_unified_presence.rules.pause import Pause, Scope, longest

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = [("entry", "anna"), ("entry", "ben"), ("other", "anna")]
RULES = ["room", "lunch"]
PAIRS = frozenset(product(PEOPLE, RULES))

scopes = st.builds(
    Scope,
    people=st.none() | st.frozensets(st.sampled_from(PEOPLE), min_size=1),
    rules=st.none() | st.frozensets(st.sampled_from(RULES), min_size=1),
)


def pairs(scope: Scope) -> set[tuple[tuple[str, str], str]]:
    people, rules = scope.people or PEOPLE, scope.rules or RULES
    return set(product(people, rules))


@given(scopes, st.lists(scopes, max_size=4))
def test_pause_stops_what_is_in_its_scope_and_not_resumed(
    scope: Scope, resumed: list[Scope]
) -> None:
    pause: Pause | None = Pause(scope=scope)
    left = pairs(scope)
    for each in resumed:
        pause = pause and pause.without(each)
        left -= pairs(each)
    assert {each for each in PAIRS if pause and pause.covers(*each)} == left


@given(scopes, scopes)
def test_scopes_contain_and_overlap(one: Scope, other: Scope) -> None:
    assert one.overlaps(other) == bool(pairs(one) & pairs(other))
    if one.contains(other):
        assert pairs(other) <= pairs(one)


@given(scopes, st.lists(scopes, max_size=2), st.none() | st.just(NOW), st.booleans())
def test_pause_is_stored(
    scope: Scope,
    resumed: list[Scope],
    until: datetime | None,
    by_switch: bool,  # noqa: FBT001 (a drawn value)
) -> None:
    pause = Pause(scope=scope, until=until, resumed=tuple(resumed), by_switch=by_switch)
    assert Pause.from_storage(json.loads(json.dumps(pause.as_storage()))) == pause


def test_switch_is_not_resumed() -> None:
    pause = Pause(scope=Scope(people=frozenset(PEOPLE[:1])), by_switch=True)
    assert pause.without(Scope()) is pause


def test_people_who_are_gone_are_left_out() -> None:
    both = Pause(scope=Scope(people=frozenset(PEOPLE[:2])))
    left = both.without_people(frozenset(PEOPLE[:1]))
    assert left == Pause(scope=Scope(people=frozenset(PEOPLE[1:2])))
    assert left.without_people(frozenset(PEOPLE)) is None
    everybody = Pause(scope=Scope())
    assert everybody.without_people(frozenset(PEOPLE)) is everybody


def test_the_longest_is_told() -> None:
    hour, two, endless = (
        Pause(scope=Scope(), until=until) for until in (NOW + HOUR, NOW + 2 * HOUR, None)
    )
    assert longest([]) is None
    assert longest([hour, two]) == RulesPause(NOW + 2 * HOUR)
    assert longest([endless, two]) == RulesPause()


def test_it_ends_at_its_time() -> None:
    assert Pause(scope=Scope(), until=NOW).has_ended(NOW)
    assert not Pause(scope=Scope(), until=NOW + HOUR).has_ended(NOW)
    assert not Pause(scope=Scope()).has_ended(NOW)
