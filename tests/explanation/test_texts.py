"""Which text tells of a condition, by its kind and value."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, override

import pytest

from custom_components.cisco_unified_presence.explanation import texts as module
from custom_components.cisco_unified_presence.explanation.texts import (
    Texts,
    async_own_texts,
    async_system_texts,
    async_texts,
)
from custom_components.cisco_unified_presence.rules import ConditionFact, FactKind, TruthValue

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
LABEL = "component.light.conditions.is_on.name"
ALONE = "component.sun.conditions._.name"


class Keys(Texts):
    """Texts that are their keys and what they tell."""

    def __init__(self) -> None:
        super().__init__({LABEL: "Light is on", ALONE: "Sun"})

    @override
    def say(self, key: str, **values: str) -> str:
        told = ",".join(f"{name}={value}" for name, value in values.items())
        return f"<{key} {told}>" if told else f"<{key}>"


def have_time(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Have a time, by a clock in UTC, without Home Assistant."""
    monkeypatch.setattr("homeassistant.util.dt.DEFAULT_TIME_ZONE", UTC)
    monkeypatch.setattr("homeassistant.util.dt.now", lambda: now)
    monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: now)


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    have_time(monkeypatch, NOW)


def fact(kind: FactKind, value: TruthValue = TRUE, **told: Any) -> ConditionFact:
    return ConditionFact(kind=kind, value=value, **told)


STATE = fact(FactKind.STATE, name="Lamp", state="on", expected=("on", "off"))
NUMBER = fact(FactKind.NUMBER, name="Noise", expected=("above 4", "below 9"))
EVENT = fact(FactKind.EVENT, name="Lunch", names=("One", "Two"))
TARGET = fact(FactKind.TARGET, name="light.is_on", names=("A", "B"))


@pytest.mark.parametrize(
    ("told", "said", "needed"),
    [
        (
            STATE,
            "<state name=Lamp,state=on>",
            "<need name=Lamp,expected=<either first=on,second=off>>",
        ),
        (
            replace(STATE, since=NOW, state=None),
            "<since_state name=Lamp,state=,since=<since_clock time=10:00>>",
            "<need name=Lamp,expected=<either first=on,second=off>>",
        ),
        (
            replace(STATE, kind=FactKind.ATTRIBUTE, attribute="mode"),
            (
                "<number_true name=<attribute name=Lamp,attribute=mode>,"
                "expected=<either first=on,second=off>>"
            ),
            (
                "<need name=<attribute name=Lamp,attribute=mode>,"
                "expected=<either first=on,second=off>>"
            ),
        ),
        (
            replace(STATE, kind=FactKind.ATTRIBUTE, value=UNKNOWN),
            "<state name=Lamp,state=on>",
            "<need name=Lamp,expected=<either first=on,second=off>>",
        ),
        (
            NUMBER,
            "<number_true name=Noise,expected=<both first=<above value=4>,second=<below value=9>>>",
            "<need name=Noise,expected=<both first=<above value=4>,second=<below value=9>>>",
        ),
        (
            replace(NUMBER, value=UNKNOWN, state="x"),
            "<state name=Noise,state=x>",
            "<need name=Noise,expected=<both first=<above value=4>,second=<below value=9>>>",
        ),
        (
            fact(FactKind.ZONE, FALSE, name="Anna", expected=("Home",)),
            "<zone_false name=Anna,expected=Home>",
            "<need_zone name=Anna,expected=Home>",
        ),
        (
            EVENT,
            "<event_on name=<both first=One,second=Two>,event=Lunch>",
            "<need_event name=<both first=One,second=Two>>",
        ),
        (
            replace(EVENT, until=NOW),
            "<event_on name=<both first=One,second=Two>,event=Lunch> <until_clock time=10:00>",
            "<need_event name=<both first=One,second=Two>>",
        ),
        (
            replace(EVENT, value=FALSE, names=("One",)),
            "<event_off name=One>",
            "<need_event name=One>",
        ),
        (
            replace(EVENT, value=UNKNOWN, names=("One",)),
            "<event_unknown name=One>",
            "<need_event name=One>",
        ),
        (fact(FactKind.TIME), "<time_true>", "<time_true>"),
        (fact(FactKind.TEMPLATE, FALSE), "<template_false>", "<template_false>"),
        (fact(FactKind.UNLINKED, UNKNOWN), "<unlinked_unknown>", "<unlinked_unknown>"),
        (fact(FactKind.CHOICE), "<choice_true>", "<choice_true>"),
        (
            fact(FactKind.NAMED, FALSE, name="At work"),
            "<named_false name=At work>",
            "<need_true name=At work>",
        ),
        (fact(FactKind.NAMED, name="sun"), "<named_true name=Sun>", "<need_true name=Sun>"),
        (
            TARGET,
            "<target_true name=Light is on,names=A, B>",
            "<need_true name=Light is on (A, B)>",
        ),
        (
            replace(TARGET, since=NOW),
            "<target_true name=Light is on,names=A, B> <since_clock time=10:00>",
            "<need_true name=Light is on (A, B)>",
        ),
    ],
)
def test_what_is_said_of_a_fact(told: ConditionFact, said: str, needed: str) -> None:
    texts = Keys()
    assert texts.fact(told) == said
    assert texts.need(told) == needed
    negated = texts.need(replace(told, negated=True))
    assert negated == needed.replace("<need", "<need_not")


def test_without_texts_what_they_would_tell_is_said() -> None:
    texts = Texts({})
    assert texts.say("both", first="One", second="two") == "One two"
    assert texts.all_of([]) == ""
    assert (texts.presence("busy"), texts.state("on"), texts.state("")) == ("busy", "on", "")
    assert texts.at(NOW + timedelta(days=1, minutes=1)) == "24 11 10:01"


OURS = "component.cisco_unified_presence.config_panel.explanation."
OF_STATES = "component.cisco_unified_presence.entity.sensor.presence.state."


def test_words_for_states() -> None:
    texts = Texts(
        {
            f"{OF_STATES}busy": "Busy",
            f"{OF_STATES}away": "",
            f"{OF_STATES}vacation": "Vacation",
            f"{OURS}state_offline": "",
            f"{OF_STATES}offline": "Offline",
            f"{OURS}own_busy": "not this",
            f"{OURS}own_on_the_phone": "a call",
            f"{OURS}state_on": "switched on",
            f"{OURS}state_busy": "engaged",
        }
    )
    assert [texts.presence(each) for each in ("busy", "away", "on_the_phone", "x")] == [
        "Busy",
        "",
        "a call",
        "x",
    ]
    assert [texts.state(each) for each in ("busy", "on", "off", "vacation", "offline", "away")] == [
        "engaged",
        "switched on",
        "off",
        "Vacation",
        "Offline",
        "",
    ]
    expected = fact(FactKind.ZONE, name="Lamp", expected=("on", "off"))
    assert texts.need(expected) == "Lamp on off"
    assert texts.need(replace(expected, kind=FactKind.STATE)) == "Lamp switched on off"
    assert (
        texts.need(replace(expected, kind=FactKind.NUMBER, expected=("above x y",))) == "Lamp x y"
    )


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(0), "<at_clock time=10:00:05>"),
        (-SECOND, "<at_clock time=10:00>"),
        (55 * SECOND, "<at_clock time=10:01>"),
        (119 * SECOND, "<at_clock time=10:02:04>"),
        (120 * SECOND, "<at_clock time=10:02>"),
        (timedelta(days=-10), "<at_day day=13,month=11,time=10:00>"),
        (timedelta(hours=14), "<at_day day=24,month=11,time=00:00>"),
    ],
)
def test_how_a_time_is_told(monkeypatch: pytest.MonkeyPatch, ahead: timedelta, told: str) -> None:
    now = NOW + 5 * SECOND
    have_time(monkeypatch, now)
    assert Keys().at(now + ahead) == told
    assert Keys().since(now + ahead) == told.replace("<at_", "<since_")


def test_months_have_names() -> None:
    months = " ".join(f"M{number}" for number in range(1, 13))
    assert Texts({f"{OURS}months": months}).at(NOW + timedelta(days=20)) == "13 M12 10:00"
    assert Texts({f"{OURS}months": f"{months} M13"}).at(NOW + timedelta(days=20)) == "13 12 10:00"


HASS: Any = SimpleNamespace(config=SimpleNamespace(language="de"))
DOMAIN = "cisco_unified_presence"


def told_by(texts: Texts) -> dict[str, str]:
    """Return which kinds of texts there are: of kinds of conditions, of states, of sentences."""
    return {
        "label": texts.need(fact(FactKind.NAMED, name="light.is_on")),
        "state": texts.presence("busy"),
        "sentence": texts.say("devices", lead="Anna"),
    }


async def test_the_texts_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    async def read(_hass: object, language: str, category: str, *of: Any) -> dict[str, str]:
        asked.append((language, category, *of))
        found = {
            "conditions": {LABEL: "Light is on", f"{OF_STATES}busy": "overruled"},
            "entity": {f"{OF_STATES}busy": "Busy", f"{OURS}devices": "overruled"},
            "config_panel": {f"{OURS}devices": "{lead}!"},
        }
        return found[category]

    monkeypatch.setattr(module, "async_get_translations", read)
    texts = await async_texts(HASS, "it")
    assert told_by(texts) == {"label": "Light is on", "state": "Busy", "sentence": "Anna!"}
    # Of conditions those of all integrations are read.
    assert asked == [
        ("it", "config_panel", {DOMAIN}),
        ("it", "entity", {DOMAIN}),
        ("it", "conditions"),
    ]


def test_the_texts_that_are_read_already(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def read(_hass: object, language: str, category: str, of: str | None) -> dict[str, str]:
        asked.append((language, category, of))
        found = {
            "conditions": {LABEL: "Light is on"},
            "entity": {f"{OF_STATES}busy": "Busy"},
            "config_panel": {f"{OURS}devices": "{lead}!"},
        }
        return found[category]

    monkeypatch.setattr(module, "async_get_cached_translations", read)
    told = {"label": "Light is on", "state": "Busy", "sentence": "Anna!"}
    assert told_by(async_system_texts(HASS)) == told
    assert sorted(asked, key=str) == [
        ("de", "conditions", None),
        ("de", "config_panel", DOMAIN),
        ("de", "entity", DOMAIN),
    ]
    asked.clear()
    assert told_by(async_own_texts(HASS)) == {
        "label": "light.is_on",
        "state": "busy",
        "sentence": "Anna!",
    }
    assert asked == [("de", "config_panel", DOMAIN)]
