"""The sentences of people are kept right, some people a turn."""

import asyncio
from datetime import UTC, datetime
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
    RulesPause,
    Source,
)
from custom_components.cisco_unified_presence.explanation import person as person_module
from custom_components.cisco_unified_presence.explanation import reasons as module
from custom_components.cisco_unified_presence.explanation.person import (
    async_circumstances,
    async_subscribe_circumstances,
)
from custom_components.cisco_unified_presence.explanation.reasons import PEOPLE_PER_TURN, Reasons
from custom_components.cisco_unified_presence.explanation.situation import Circumstances
from custom_components.cisco_unified_presence.pws import Presence


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Told:
    """People whose sentences change."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, people: int) -> None:
        self.people = {
            key: SimpleNamespace(key=key) for key in (f"p{each}" for each in range(people))
        }
        self.sentences = dict.fromkeys(self.people, "before")
        self.notes: dict[str, Any] = {}
        self.heard: list[str] = []
        self.made: list[tuple[str, object]] = []
        coordinator = SimpleNamespace(controlled_person=self.people.get)
        runtime: Any = SimpleNamespace(coordinator=coordinator)
        hass: Any = SimpleNamespace(loop=asyncio.get_running_loop())
        self.turns = 0
        monkeypatch.setattr(module, "async_system_texts", self._texts)
        monkeypatch.setattr(module, "async_system_sentence", self._sentence)
        monkeypatch.setattr(module, "async_subscribe_circumstances", self._subscribe)
        self.reasons = Reasons(hass, runtime)

    def _texts(self, _hass: object) -> str:
        self.turns += 1
        return "texts"

    def _sentence(self, _hass: object, _runtime: object, person: Any, texts: object = None) -> str:
        self.made.append((person.key, texts))
        return self.sentences[person.key]

    def _subscribe(self, _hass: object, _runtime: object, person: Any, listener: Any) -> Any:
        self.notes[person.key] = listener
        return lambda: self.notes.pop(person.key)

    def subscribe(self, key: str) -> Any:
        person: Any = self.people[key]
        return self.reasons.async_subscribe(person, lambda: self.heard.append(key))

    def of(self, key: str) -> str:
        person: Any = self.people[key]
        return self.reasons.of(person)

    def taken(self) -> list[str]:
        heard, self.heard = sorted(self.heard), []
        return heard


async def test_a_sentence_is_made_once_until_what_it_tells_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told(monkeypatch, 2)
    end = told.subscribe("p0")
    assert [told.of("p0") for _ in range(2)] == ["before"] * 2
    assert told.made == [("p0", None)]

    # The same again is no news.
    told.notes["p0"]()
    await turns()
    assert (told.taken(), told.made[1:]) == ([], [("p0", "texts")])

    told.sentences["p0"] = "now"
    told.notes["p0"]()
    told.notes["p0"]()
    assert told.of("p0") == "before"
    await turns()
    assert (told.taken(), told.of("p0"), len(told.made)) == (["p0"], "now", 3)

    # Nobody listens any more, and what is asked for then is made anew.
    note = told.notes["p0"]
    told.sentences["p0"] = "later"
    note()
    end()
    await turns()
    assert (told.taken(), told.notes, len(told.made)) == ([], {}, 3)
    assert told.of("p0") == "later"


async def test_who_is_gone_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(monkeypatch, 20)
    for key in tuple(told.people):
        told.subscribe(key)
        told.notes[key]()
    # In whatever order they come, some who are there come after some who are gone.
    for each in range(10):
        del told.people[f"p{each}"]
    await turns()
    assert told.taken() == [f"p{each}" for each in range(10, 20)]


async def test_many_are_told_in_several_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(monkeypatch, 2 * PEOPLE_PER_TURN + 1)
    for key in told.people:
        told.subscribe(key)
    for note in tuple(told.notes.values()):
        note()
    heard: list[int] = []
    for _ in range(6):
        await asyncio.sleep(0)
        heard.append(len(told.heard))
    assert PEOPLE_PER_TURN == 25
    assert sorted({0, *heard}) == [0, 25, 50, 51]
    assert told.turns == 3


async def test_what_concerns_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another day, other rules, and another configuration."""
    told = Told(monkeypatch, 3)
    subscribed: dict[str, Any] = {}
    ended: list[str] = []

    def noted(what: str) -> Any:
        def subscribe(*args: Any, **when: Any) -> Any:
            subscribed[what] = (args[-1], when)
            return lambda: ended.append(what)

        return subscribe

    engine = SimpleNamespace(async_subscribe_rules=noted("rules"))
    monkeypatch.setattr(module, "async_rule_engine", lambda _: engine)
    monkeypatch.setattr(module, "async_track_time_change", noted("day"))
    read: list[tuple[str, str]] = []

    async def sentence(_hass: object, _runtime: object, person: Any, language: str) -> str:
        read.append((person.key, language))
        return ""

    monkeypatch.setattr(module, "async_sentence", sentence)
    hass: Any = told.reasons._hass
    hass.bus = SimpleNamespace(async_listen=noted("configuration"))
    hass.config = SimpleNamespace(language="de")
    for key in told.people:
        told.subscribe(key)
    stop = told.reasons.async_start()

    assert subscribed["day"][1] == {"hour": 0, "minute": 0, "second": 0}
    everyone = ["p0", "p1", "p2"]
    for number, what in enumerate(("day", "rules")):
        told.sentences = dict.fromkeys(told.people, f"after {number}")
        listener = subscribed[what][0]
        listener(*([None] if what == "day" else []))
        await turns()
        assert told.taken() == everyone
    # The texts of the language are read once.
    del told.people["p0"]
    told.sentences = dict.fromkeys(told.people, "at last")
    await subscribed["configuration"][0](None)
    await turns()
    assert (read, told.taken()) == ([("p1", "de")], ["p1", "p2"])

    stop()
    stop()
    assert sorted(ended) == ["configuration", "day", "rules"]


NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
ANNA: Any = SimpleNamespace(key="anna", name="Anna")


def runtime_of(seen: Any, published: Any, asked: list[object], *, reachable: bool = True) -> Any:
    def of_anna(answer: object) -> Any:
        def answered(about: object) -> object:
            asked.append(about)
            return answer

        return answered

    return SimpleNamespace(
        entry_id="entry",
        coordinator=SimpleNamespace(presence_of=of_anna(seen), reachable=reachable),
        reconciler=SimpleNamespace(
            record_of=of_anna(SimpleNamespace(published=published)),
            decision_of=of_anna(Decision(source=Source.OWN)),
            own_presences=SimpleNamespace(of=of_anna(OwnPresence("away"))),
            waiting_until=of_anna("waits"),
            refused_until=of_anna("refused"),
        ),
    )


GATE = RulesGate(pause=RulesPause())


@pytest.fixture
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(*identity: object) -> Any:
        assert identity in {("entry", "anna"), (("entry", "anna"),)}
        return ("evaluations",) if len(identity) == 2 else GATE

    engine = SimpleNamespace(evaluations_for=of, pauses=SimpleNamespace(gate_of=of))
    monkeypatch.setattr(person_module, "async_rule_engine", lambda _: engine)
    monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: NOW)


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize(
    ("rich", "chosen"),
    [(None, False), (SimpleNamespace(manual=False), False), (SimpleNamespace(manual=True), True)],
)
def test_what_decides_what_is_told(rich: Any, *, chosen: bool) -> None:
    seen = SimpleNamespace(presence=Presence.DND, rich=rich)
    published = SimpleNamespace(requested=BUSY, shown=Presence.AWAY)
    asked: list[object] = []
    hass: Any = None
    runtime = runtime_of(seen, published, asked, reachable=False)
    found = async_circumstances(hass, runtime, ANNA)
    evaluations: Any = ("evaluations",)
    waits: Any = "waits"
    refused: Any = "refused"
    assert found == Circumstances(
        person="Anna",
        decision=Decision(source=Source.OWN),
        now=NOW,
        reachable=False,
        shown="do_not_disturb",
        chosen=chosen,
        own=OwnPresence("away"),
        evaluations=evaluations,
        gate=GATE,
        published=BUSY,
        published_shown="away",
        waiting_until=waits,
        refused_until=refused,
    )
    assert set(map(id, asked)) == {id(ANNA), id(ANNA.key)}


@pytest.mark.usefixtures("_engine")
def test_what_is_not_known_of_a_person() -> None:
    hass: Any = None
    found = async_circumstances(hass, runtime_of(None, None, []), ANNA)
    assert (found.shown, found.chosen, found.published, found.published_shown) == (
        None,
        False,
        None,
        None,
    )
    assert found.reachable
    unread = SimpleNamespace(requested=BUSY, shown=None)
    found = async_circumstances(hass, runtime_of(None, unread, []), ANNA)
    assert (found.published, found.published_shown) == (BUSY, None)


def test_whatever_decides_is_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed: list[tuple[str, object, object]] = []
    ended: list[str] = []

    def noted(what: str) -> Any:
        def subscribe(about: object, listener: object) -> Any:
            subscribed.append((what, about, listener))
            return lambda: ended.append(what)

        return subscribe

    engine = SimpleNamespace(
        async_subscribe_evaluations=noted("rules"),
        pauses=SimpleNamespace(async_subscribe=noted("pauses")),
    )
    monkeypatch.setattr(person_module, "async_rule_engine", lambda _: engine)
    runtime: Any = SimpleNamespace(
        entry_id="entry",
        coordinator=SimpleNamespace(async_subscribe=noted("presence")),
        decision_log=SimpleNamespace(async_subscribe=noted("decisions")),
    )
    hass: Any = None
    listener: Any = object()
    end = async_subscribe_circumstances(hass, runtime, ANNA, listener)
    assert subscribed == [
        ("presence", "anna", listener),
        ("decisions", ANNA, listener),
        ("pauses", ("entry", "anna"), listener),
        ("rules", ("entry", "anna"), listener),
    ]
    end()
    assert ended == ["presence", "decisions", "pauses", "rules"]


def test_an_explanation_tells_all_that_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def explained(*args: object, **said: object) -> dict[str, object]:
        asked.update(said, args=args)
        return {"sentence": "other", "rule": "Desk"}

    monkeypatch.setattr(person_module, "explanation_of", explained)
    monkeypatch.setattr(person_module, "sentence_of", lambda situation, texts: (situation, texts))
    monkeypatch.setattr(
        person_module,
        "situation_of",
        lambda around: SimpleNamespace(kind=SimpleNamespace(value="kind"), around=around),
    )
    evaluations: Any = ("evaluations",)
    waits: Any = "waits"
    refused: Any = "refused"
    around = Circumstances(
        person="Anna",
        decision=Decision(source=Source.OWN),
        now=NOW,
        shown="busy",
        own=OwnPresence("away"),
        evaluations=evaluations,
        gate=GATE,
        waiting_until=waits,
        refused_until=refused,
    )
    manual = ManualSetting(BUSY, NOW)
    overruled = Overruled(Outcome(Source.RULE, "desk", BUSY))
    texts: Any = "texts"
    found: Any = person_module.full_explanation(
        around, ANNA, texts, manual=manual, overruled=overruled
    )
    assert (found["rule"], found["situation"]) == ("Desk", "kind")
    assert (found["sentence"][0].around, found["sentence"][1]) == (around, "texts")
    assert asked == {
        "args": (ANNA, "busy", evaluations, GATE),
        "manual": manual,
        "overruled": overruled,
        "own": OwnPresence("away"),
        "waiting_until": "waits",
        "refused_until": "refused",
        "now": NOW,
    }
