"""When a rule is put to rest, and what is said of that."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules import loop_watch as module
from custom_components.cisco_unified_presence.rules.issues import RuleIssue
from custom_components.cisco_unified_presence.rules.loop_watch import MOST_BY_ITSELF, LoopWatch
from custom_components.cisco_unified_presence.rules.loops import FOREIGN, Origin

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")


class Watched:
    """Rules whose changes are watched, by a clock of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.halted: list[str] = []
        self.issues: list[tuple[object, ...]] = []
        self.cleared: list[tuple[object, ...]] = []
        self.follows = True
        self.origin = FOREIGN
        self.asked: list[tuple[object, ...]] = []
        self.rules = {
            rule_id: SimpleNamespace(
                rule=SimpleNamespace(id=rule_id, name=rule_id.title()),
                last_change=RuleChange(at=NOW, entity_id=f"sensor.{rule_id}"),
                async_halt=lambda rule_id=rule_id: self.halted.append(rule_id),
            )
            for rule_id in ("desk", "call")
        }
        targets: Any = SimpleNamespace(
            of=lambda _: frozenset({ANNA, BEN}),
            names_of=lambda people: tuple(sorted(each[1].title() for each in people)),
        )
        runner_of: Any = self.rules.get
        hass: Any = "hass"
        self.watch = LoopWatch(hass, targets, runner_of)
        origins = self.watch._origins
        monkeypatch.setattr(origins, "async_follows_from_itself", lambda _: self.follows)
        monkeypatch.setattr(origins, "async_origin", self._origin)
        monkeypatch.setattr(module, "async_raise_rule_issue", self._raise)
        monkeypatch.setattr(module, "async_clear_rule_issue", self._clear)
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: self.now)

    def _origin(self, *asked: object) -> Origin:
        self.asked.append(asked)
        return self.origin

    def _raise(self, *issue: object, **said: str) -> None:
        self.issues.append((*issue, said))

    def _clear(self, *issue: object) -> None:
        self.cleared.append(issue)

    def change(self, seconds: float = 1, rule_id: str = "desk") -> bool:
        self.now += seconds * SECOND
        return self.watch.async_note_change(rule_id)

    def wins(self, *holding: str, seconds: float = 1) -> frozenset[str]:
        self.now += seconds * SECOND
        return self.watch.async_note_winner(ANNA, holding)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_a_rule_that_follows_from_itself_so_often_is_evaluated_no_more(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    assert MOST_BY_ITSELF == 20
    # The first has none of its own before, and so many may follow.
    assert [watched.change() for _ in range(21)] == [False] * 21
    assert (watched.halted, watched.issues) == ([], [])
    assert watched.change()
    assert watched.halted == ["desk"]
    assert watched.issues == [
        (
            "hass",
            RuleIssue.RULE_LOOP,
            "desk",
            {"rule": "Desk", "person": "Anna, Ben", "entities": "sensor.desk"},
        )
    ]
    assert (
        "The rule Desk rests for Anna, Ben: it reads sensor.desk, which it changes" in caplog.text
    )
    assert watched.watch.rests("desk", ANNA)
    assert watched.watch.rests_for("desk") == ("Anna", "Ben")
    assert not watched.watch.rests("call", ANNA)
    # It begins to count anew.
    assert [watched.change() for _ in range(20)] == [False] * 20
    assert watched.change()


def test_changes_that_are_far_apart_do_not_count(watched: Watched) -> None:
    assert not any(watched.change(seconds=120.001) for _ in range(40))
    assert not any(watched.change(seconds=7) for _ in range(100))
    assert watched.halted == []
    watched.change(seconds=1000)
    # Each within two minutes of the one before, and the first twenty of the last.
    assert [watched.change(seconds=6) for _ in range(21)] == [*[False] * 20, True]


def test_a_change_two_minutes_after_the_one_before_counts(watched: Watched) -> None:
    watched.change()
    watched.change(seconds=120)
    assert [watched.change(seconds=0) for _ in range(20)] == [*[False] * 19, True]


def test_changes_that_follow_from_something_else_do_not_count(watched: Watched) -> None:
    for _ in range(19):
        watched.change()
    watched.follows = False
    assert not any(watched.change() for _ in range(40))
    watched.follows = True
    assert [watched.change() for _ in range(3)] == [False, False, True]


def test_each_rule_is_counted_by_itself(watched: Watched) -> None:
    for _ in range(21):
        assert not watched.change(seconds=0, rule_id="call")
        assert not watched.change(seconds=0)
    # A rule that is gone is halted by nobody.
    del watched.rules["desk"]
    assert not any(watched.change() for _ in range(3))
    assert watched.change(rule_id="call")


def test_a_rule_that_is_another_one_is_released(watched: Watched) -> None:
    assert not watched.watch.async_release("desk")
    assert watched.cleared == []
    for _ in range(22):
        watched.change()
    assert watched.watch.async_release("desk")
    assert watched.cleared == [("hass", RuleIssue.RULE_LOOP, "desk")]
    assert not watched.watch.rests("desk", ANNA)
    assert not watched.watch.async_release("desk")
    # And counted from the beginning.
    for _ in range(15):
        watched.change()
    watched.watch.async_release("desk")
    assert [watched.change() for _ in range(22)] == [*[False] * 21, True]


def test_what_is_read_may_not_be_known(watched: Watched) -> None:
    for change in (None, RuleChange(at=NOW)):
        desk: Any = watched.rules["desk"]
        desk.last_change = change
        watched.issues.clear()
        watched.watch.async_release("desk")
        for _ in range(22):
            watched.change()
        assert watched.issues[0][-1] == {"rule": "Desk", "person": "Anna, Ben", "entities": ""}


def test_a_winner_that_goes_back_and_forth(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    reads = frozenset({("desk", "sensor.b"), ("desk", "sensor.a"), ("gone", "sensor.c")})
    watched.origin = Origin(people=frozenset({ANNA}), reads=reads)
    assert watched.wins("desk") == frozenset()
    # A first change may have any origin.
    assert watched.asked == []
    assert watched.wins("call") == frozenset()
    assert watched.asked == [(ANNA, frozenset({"desk", "call"}), watched.now)]
    assert watched.wins("desk", "call") == frozenset()
    assert watched.asked[1][1] == frozenset({"desk"})
    assert watched.wins("call") == {"desk"}
    assert watched.issues == [
        (
            "hass",
            RuleIssue.RULE_LOOP,
            "desk",
            {"rule": "Desk", "person": "Anna", "entities": "sensor.a, sensor.b"},
        )
    ]
    assert "The rule Desk rests for Anna: it reads sensor.a, sensor.b" in caplog.text
    assert watched.watch.rests_for("desk") == ("Anna",)
    watched.watch.async_retain_people("entry", ["ben"])
    assert watched.watch.rests_for("desk") == ()
    # The person may have done it since.
    watched.watch.async_note_own(ANNA)
    assert watched.watch._guard.own_changed_at(ANNA) == watched.now
