"""When mistakes in rules are told, and when no more."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import State
import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import lint_watch as module
from custom_components.cisco_unified_presence.rules.issues import RuleIssue
from custom_components.cisco_unified_presence.rules.lint_watch import (
    CHECK_EACH,
    MOST_FINDINGS,
    MOST_PEOPLE,
    SOON,
    TIMES,
    LintWatch,
)
from custom_components.cisco_unified_presence.rules.rule import Rule
from tests.common.rules import AT_DESK, DESK, rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")
LAMP = {"condition": "state", "entity_id": "light.lamp", "state": "on"}
NEVER, EQUAL = RuleIssue.RULE_NEVER_WINS, RuleIssue.RULE_EQUAL_PRIORITY
READS, WITHOUT = RuleIssue.RULE_READS_OWN, RuleIssue.RULE_WITHOUT_HOLD


def asking(rule_id: str, presence: Presence, order: int) -> RuleRequest:
    return RuleRequest(
        rule_id=rule_id,
        name=rule_id,
        requested=RequestedPresence(presence, override=True),
        priority=0,
        order=order,
        insist=False,
        since=NOW,
    )


TIED = (asking("desk", Presence.BUSY, 0), asking("call", Presence.AWAY, 1))


class Watched:
    """Rules that are checked, and what is told of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.rules: list[Rule] = []
        self.off: set[str] = set()
        self.requests: dict[tuple[str, str], Sequence[RuleRequest]] = {}
        self.read: dict[str, set[str]] = {}
        self.people = {ANNA: "Anna", BEN: "Ben"}
        self.states: dict[str, State] = {}
        self.issues: dict[tuple[str, str], dict[str, str]] = {}
        self.told: list[object] = []
        self.logged: list[str] = []
        self.asked: list[tuple[str, str]] = []
        targets: Any = SimpleNamespace(
            of=lambda _: frozenset(self.people),
            person=lambda each: (
                SimpleNamespace(name=self.people[each]) if each in self.people else None
            ),
        )
        rules: Any = self
        hass: Any = SimpleNamespace(states=SimpleNamespace(get=self.states.get))
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: self.now)
        monkeypatch.setattr(module, "async_track_time_interval", self._track)
        monkeypatch.setattr(module, "async_raise_rule_warning", self._raise)
        monkeypatch.setattr(module, "async_withdraw_rule_issue", self._withdraw)
        monkeypatch.setattr(
            module, "async_entities_of", lambda _hass, runner, _: self.read.get(runner.rule.id, ())
        )
        monkeypatch.setattr(module, "LOGGER", SimpleNamespace(warning=self._log))
        monkeypatch.setattr(
            "homeassistant.helpers.entity_registry.async_get",
            lambda _: SimpleNamespace(async_get=self._entry),
        )
        self.entries: dict[str, Any] = {}
        self.watch = LintWatch(hass, targets, rules, self._requests_of)

    def order_of(self, of: Rule, _source: object) -> int:
        return self.rules.index(of)

    @property
    def runners(self) -> list[Any]:
        return [
            SimpleNamespace(rule=each, enabled=each.id not in self.off, entry_id=None)
            for each in self.rules
        ]

    def _entry(self, entity_id: str) -> Any:
        return self.entries.get(entity_id)

    def _requests_of(self, person: tuple[str, str]) -> Sequence[RuleRequest]:
        self.asked.append(person)
        return self.requests.get(person, ())

    def _track(self, _hass: object, action: Any, interval: timedelta, **how: object) -> Any:
        assert (interval, how) == (CHECK_EACH, {"cancel_on_shutdown": True})
        self.again = action
        return lambda: self.told.append("stopped")

    def _raise(self, _hass: object, issue: str, rule_id: str, **said: str) -> None:
        self.told.append(("raised", issue, rule_id))
        self.issues[issue, rule_id] = said

    def _withdraw(self, _hass: object, issue: str, rule_id: str) -> None:
        self.told.append(("withdrawn", issue, rule_id))
        del self.issues[issue, rule_id]

    def _log(self, _text: str, sentence: str) -> None:
        self.logged.append(sentence)

    def check(self, after: float = 0) -> dict[tuple[str, str], dict[str, str]]:
        self.now += after * SECOND
        self.again(self.now)
        return dict(self.issues)

    def flicker(self, times: int, off: float = 10) -> None:
        """Let the rule Desk begin and end so often."""
        for _ in range(times):
            self.watch.async_note_activity("desk", holds=True)
            self.watch.async_note_activity("desk", holds=False)
            self.now += off * SECOND


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_how_long_and_how_many() -> None:
    assert (timedelta(minutes=5), timedelta(minutes=2), 3) == (CHECK_EACH, SOON, TIMES)
    assert (MOST_FINDINGS, MOST_PEOPLE) == (25, 500)


def test_rules_that_never_win_are_told_once(watched: Watched) -> None:
    watched.rules = [rule("On air", presence="away"), rule("Desk", when=[AT_DESK, LAMP])]
    watched.watch.async_check()
    assert watched.told == []
    watched.watch.async_start()
    assert watched.issues == {(NEVER, "desk"): {"rule": "Desk", "other": "On air"}}
    sentence = "The rule Desk never wins: On air holds whenever it does, and wins"
    assert watched.logged == [sentence]
    watched.watch.async_check()
    watched.check()
    assert watched.told == [("raised", NEVER, "desk")]
    # It is told once, though it comes and goes.
    watched.off = {"on_air"}
    watched.check()
    assert len(watched.issues) == 1
    watched.watch.async_check()
    assert watched.issues == {}
    watched.off = set()
    watched.watch.async_check()
    assert (len(watched.issues), watched.logged) == (1, [sentence])
    # But for another one in its way.
    watched.rules[0] = rule("Filming", presence="away")
    watched.watch.async_check()
    assert watched.issues[NEVER, "desk"]["other"] == "Filming"
    assert len(watched.logged) == 2
    watched.watch.async_stop()
    watched.watch.async_stop()
    assert watched.told[-1] == "stopped"
    assert watched.told.count("stopped") == 1
    watched.rules = []
    watched.watch.async_check()
    assert len(watched.issues) == 1


def test_rules_that_read_what_they_set(watched: Watched) -> None:
    watched.rules = [rule(), rule("Call", when=[LAMP])]
    watched.read = {"call": {"sensor.b", "sensor.a"}}
    watched.watch.async_start()
    named = {"rule": "Call", "entities": "sensor.a, sensor.b"}
    assert watched.issues == {(READS, "call"): named}
    assert watched.logged == [
        (
            "The rule Call reads sensor.a, sensor.b, which it changes itself: it may chase itself."
            " Ask for person.own instead"
        )
    ]
    watched.off = {"call"}
    watched.watch.async_check()
    assert watched.issues == {}


def test_rules_that_are_tied(watched: Watched) -> None:
    watched.rules = [rule(when=[LAMP]), rule("Call")]
    watched.requests = {ANNA: TIED, BEN: TIED}
    watched.watch.async_start()
    assert watched.check() == {}
    watched.watch.async_note_winner(ANNA)
    named = {"rule": "Call", "other": "Desk", "person": "Anna"}
    assert watched.check() == {(EQUAL, "call"): named}
    assert watched.logged == [
        (
            "The rules Desk and Call have the same priority, and held for Anna at the same time:"
            " Desk wins, since it comes first"
        )
    ]
    # The first whom it was seen for is named, and each is asked for once.
    watched.watch.async_note_winner(BEN)
    watched.requests = {BEN: TIED}
    assert watched.check()[EQUAL, "call"]["person"] == "Anna"
    watched.check()
    assert watched.asked == [ANNA, BEN]
    # Nothing is told of who is away, or of rules that are off.
    del watched.people[ANNA]
    assert watched.check() == {}
    watched.people[ANNA] = "Anna"
    assert len(watched.check()) == 1
    for off in ("desk", "call"):
        watched.off = {off}
        assert watched.check() == {}
    watched.off = set()
    for gone in ("desk", "call"):
        watched.watch.async_note_winner(BEN)
        assert len(watched.check()) == 1
        watched.watch.async_clear("other")
        assert len(watched.check()) == 1
        watched.watch.async_clear(gone)
        assert watched.check() == {}


def test_so_many_people_are_looked_at(watched: Watched) -> None:
    watched.watch.async_start()
    for number in range(600):
        watched.watch.async_note_winner(("entry", str(number)))
    watched.check()
    assert len(watched.asked) == 500


def sensor(device_class: str | None, name: str | None = "Sensor at the desk") -> State:
    attributes = {"device_class": device_class, "friendly_name": name}
    return State(DESK, "off", {key: each for key, each in attributes.items() if each})


MOTION = {"rule": "Desk", "entity": "Sensor at the desk"}


def test_a_motion_sensor_without_hold(watched: Watched) -> None:
    watched.rules = [rule()]
    watched.states[DESK] = sensor("motion")
    watched.watch.async_start()
    assert watched.issues == {(WITHOUT, "desk"): MOTION}
    assert watched.logged == [
        "The rule Desk ends as soon as Sensor at the desk is off: it flickers without hold"
    ]
    watched.states[DESK] = sensor("motion", None)
    assert watched.check()[WITHOUT, "desk"]["entity"] == "desk"
    for other in (sensor("door"), sensor(None)):
        watched.states[DESK] = other
        assert watched.check() == {}
    watched.states[DESK] = sensor("motion")
    assert len(watched.check()) == 1
    watched.off = {"desk"}
    assert watched.check() == {}
    watched.off, watched.rules = set(), [rule(hold=1)]
    assert watched.check() == {}


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        (SimpleNamespace(device_class="motion", original_device_class="door"), True),
        (SimpleNamespace(device_class=None, original_device_class="motion"), True),
        (SimpleNamespace(device_class="door", original_device_class="motion"), False),
        (None, False),
    ],
)
def test_a_motion_sensor_that_has_no_state_yet(
    watched: Watched, entry: Any, *, named: bool
) -> None:
    watched.rules = [rule()]
    watched.entries = {DESK: entry}
    watched.watch.async_start()
    expected = {(WITHOUT, "desk"): {"rule": "Desk", "entity": DESK}}
    assert watched.issues == (expected if named else {})


@pytest.mark.parametrize(
    ("times", "off", "named"),
    [(3, 10, False), (4, 10, True), (9, 119.9, True), (9, 120, False)],
)
def test_a_sensor_of_occupancy_is_named_where_the_rule_flickers(
    watched: Watched, times: int, off: float, *, named: bool
) -> None:
    watched.rules = [rule()]
    watched.states[DESK] = sensor("occupancy")
    watched.watch.async_start()
    watched.flicker(times, off)
    assert (watched.check() == {(WITHOUT, "desk"): MOTION}) is named
    assert bool(watched.issues) is named
    watched.watch.async_clear("other")
    assert bool(watched.check()) is named
    watched.watch.async_clear("desk")
    watched.watch.async_clear("desk")
    assert watched.check() == {}


def test_a_rule_that_goes_on_does_not_flicker(watched: Watched) -> None:
    watched.rules = [rule()]
    watched.states[DESK] = sensor("occupancy")
    watched.watch.async_start()
    for _ in range(9):
        watched.watch.async_note_activity("desk", holds=True)
    watched.watch.async_note_activity("desk", holds=False)
    for _ in range(9):
        watched.watch.async_note_activity("desk", holds=True)
    assert watched.check() == {}


def test_only_the_first_of_many_mistakes_are_told(watched: Watched) -> None:
    watched.rules = [rule(f"R{number:02}") for number in range(30)]
    watched.states[DESK] = sensor("motion")
    watched.watch.async_start()
    # Those in the rules themselves come first.
    assert [issue for issue, _ in watched.issues] == [NEVER] * 25
    watched.off = {f"r{number:02}" for number in range(10, 30)}
    watched.watch.async_check()
    assert sorted(issue for issue, _ in watched.issues) == [NEVER] * 9 + [WITHOUT] * 10
