"""The people whom a simulation follows, and how what is decided for them is explained."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    ManualSetting,
    Outcome,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RulesGate,
    Source,
)
from custom_components.cisco_unified_presence.explanation import Circumstances
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import ConditionsInvalid, PausesInForce
from custom_components.cisco_unified_presence.simulation import people as module
from custom_components.cisco_unified_presence.simulation.people import (
    SimulatedPerson,
    Simulation,
    shown_by,
)
from custom_components.cisco_unified_presence.simulation.person_course import (
    PersonMoment,
    Standing,
)
from tests.common.turns import turns_of

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUSY = RequestedPresence(Presence.BUSY, override=True)
MANUAL = ManualSetting(BUSY, NOW)
OVERRULED = Overruled(Outcome(Source.RULE, "desk", BUSY))
OWN = Decision(source=Source.OWN)
SET = Decision(source=Source.MANUAL, requested=BUSY)
HASS: Any = SimpleNamespace()


def simulated(name: str, decision: Decision = OWN) -> SimulatedPerson:
    person: Any = SimpleNamespace(key=f"{name}@example.com", name=name.title())
    record = SimpleNamespace(manual=MANUAL, overruled=OVERRULED)
    own = OwnPresence(f"own of {person.key}")
    runtime: Any = SimpleNamespace(
        reconciler=SimpleNamespace(
            decision_of=lambda each: decision if each is person else None,
            record_of=lambda each: record if each is person else None,
            own_presences=SimpleNamespace(of=lambda key: own if key == person.key else None),
        )
    )
    return SimulatedPerson("entry", runtime, person)


def test_a_person_as_they_are() -> None:
    anna = simulated("anna", SET)
    own = OwnPresence("own of anna@example.com")
    assert (anna.id, anna.decision, anna.own) == (("entry", "anna@example.com"), SET, own)
    assert anna.standing == Standing(
        person=("entry", "anna@example.com"), manual=MANUAL, overruled=OVERRULED, own=own
    )


class Around:
    """Rules that a simulation follows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.snapshots: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        self.worlds: list[Any] = []
        self.followed: list[tuple[object, ...]] = []
        self.explained: list[Circumstances] = []
        requests = SimpleNamespace(snapshots_for=self._snapshots)
        self.engine = SimpleNamespace(requests=requests, pauses="pauses", view_of="view_of")
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: NOW)
        monkeypatch.setattr(module, "async_rule_engine", lambda _: self.engine)
        monkeypatch.setattr(module, "SimulatedRules", self._rules)
        monkeypatch.setattr(module, "follow", self._follow)
        monkeypatch.setattr(module, "answer_keys", self._keys)
        monkeypatch.setattr(module, "async_system_texts", lambda _: "texts")
        monkeypatch.setattr(module, "full_explanation", self._explain)

    def _snapshots(self, person: tuple[str, str]) -> list[Any]:
        return [
            SimpleNamespace(rule=SimpleNamespace(id=rule_id), rests=rests)
            for rule_id, rests in self.snapshots.get(person, ())
        ]

    def _rules(self, *made_of: object) -> Any:
        self.worlds.append(made_of)

        async def course(snapshot: Any) -> list[str]:
            if snapshot.rule.id == "refused":
                raise ConditionsInvalid("refused")
            return [f"course of {snapshot.rule.id}"]

        return SimpleNamespace(async_course_of=course)

    def _follow(self, *followed: object) -> list[str]:
        self.followed.append(followed)
        return ["moment 1", "moment 2"]

    def _keys(self, _hass: object, people: Any) -> dict[tuple[str, str], str]:
        return {(entry_id, each.key): f"key of {each.name}" for entry_id, each in people}

    def _explain(self, around: Circumstances, *of: object, **said: object) -> Any:
        self.explained.append(around)
        return of, said


async def test_people_are_followed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    around = Around(monkeypatch)
    anna, ben = simulated("anna"), simulated("ben")
    around.snapshots[anna.id] = [("desk", False), ("refused", True), ("call", True)]
    given: Any = {"light.lamp": "on"}
    simulation = Simulation(HASS, NOW + HOUR, given)
    ((_, world, end, view_of),) = around.worlds
    assert (world.began, world.now, world.given, world.only_given) == (NOW, NOW, given, False)
    assert (end, view_of) == (NOW + HOUR, "view_of")

    found = [each async for each in simulation.async_follow([anna, ben])]

    moments: Any = ["moment 1", "moment 2"]
    assert found == [("key of Anna", anna, moments), ("key of Ben", ben, moments)]
    courses = {"desk": ["course of desk"], "call": ["course of call"]}
    resting = frozenset({"refused", "call"})
    assert around.followed == [
        (anna.standing, courses, "pauses", NOW, NOW + HOUR, resting),
        (ben.standing, {}, "pauses", NOW, NOW + HOUR, frozenset()),
    ]


@pytest.mark.parametrize("people", range(4))
async def test_other_tasks_run_before_each_person(
    monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    Around(monkeypatch)

    async def at_once(moments: list[str]) -> list[str]:
        return moments

    async def follow() -> None:
        followed = Simulation(HASS, NOW + HOUR).async_follow([simulated("anna")] * people)
        assert len([each async for each in followed]) == people

    monkeypatch.setattr(module, "in_turns", at_once)
    assert await turns_of(follow()) == 1 + people


def test_a_simulation_does_not_end_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    around = Around(monkeypatch)
    simulation = Simulation(HASS, NOW - HOUR)
    assert (simulation.began, around.worlds[0][2], around.worlds[0][1].given) == (NOW, NOW, {})


def moment(at: datetime, decision: Decision) -> PersonMoment:
    def for_person(*of: object, rests: bool) -> tuple[object, ...]:
        return (*of, rests)

    rule: Any = SimpleNamespace(evaluation=SimpleNamespace(for_person=for_person))
    return PersonMoment(
        at=at,
        decision=decision,
        pauses=PausesInForce(),
        overruled=None,
        rules={"desk": rule},
        gate=RulesGate(follows=False),
    )


REAL = Circumstances(person="really", decision=OWN, now=NOW - HOUR, chosen=True)


@pytest.mark.parametrize(
    ("at", "decision", "is_real"),
    [
        (NOW, OWN, True),
        (NOW + timedelta.resolution, OWN, False),
        (NOW, SET, False),
        (NOW + HOUR, SET, False),
    ],
)
def test_what_is_explained(
    monkeypatch: pytest.MonkeyPatch, at: datetime, decision: Decision, *, is_real: bool
) -> None:
    around = Around(monkeypatch)
    asked: list[object] = []

    def circumstances(*of: object) -> Circumstances:
        asked.extend(of)
        return REAL

    monkeypatch.setattr(module, "async_circumstances", circumstances)
    anna = simulated("anna")
    found: Any = Simulation(HASS, NOW + HOUR).explain(anna, moment(at, decision))
    assert found == ((anna.person, "texts"), {"manual": MANUAL, "overruled": None})
    (told,) = around.explained
    evaluations: Any = ((anna.id, PausesInForce(), False),)
    if is_real:
        assert asked == [HASS, anna.runtime, anna.person]
        assert (told.person, told.chosen, told.now, told.evaluations) == (
            "really",
            True,
            NOW,
            evaluations,
        )
    else:
        assert told == Circumstances(
            person="Anna",
            decision=decision,
            now=at,
            shown="busy" if decision is SET else anna.own.presence,
            own=anna.own,
            evaluations=evaluations,
            gate=RulesGate(follows=False),
            published=decision.requested,
        )


def test_what_the_server_shows() -> None:
    assert shown_by(SET, OwnPresence("away")) == "busy"
    assert shown_by(OWN, OwnPresence("away")) == "away"
    assert shown_by(OWN, OwnPresence()) is None
