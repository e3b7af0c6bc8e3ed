"""Past decisions in words."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.control import Cause, PastDecision
from custom_components.cisco_unified_presence.explanation.past import (
    async_decisions,
    cause_text,
    effect_text,
)
from custom_components.cisco_unified_presence.explanation.texts import Texts

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)


class Keys(Texts):
    """Texts that are their keys and what they tell."""

    def __init__(self) -> None:
        super().__init__({})

    @override
    def say(self, key: str, **values: str) -> str:
        return " ".join((key, *(f"{name}={value}" for name, value in values.items())))

    @override
    def presence(self, state: str) -> str:
        return state.upper()

    @override
    def state(self, state: str) -> str:
        return state.upper()


def decision(**told: Any) -> PastDecision:
    return PastDecision(**{"at": AT, "source": "rule", "cause": Cause.RULES, **told})


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"cause": Cause.INPUT, "name": "Lamp", "state": "on"}, "cause_input name=Lamp state=ON"),
        ({"cause": Cause.INPUT}, "cause_input name= state="),
        (
            {"cause": Cause.SET, "set_by": "Ben", "wanted": "busy"},
            "cause_set_by who=Ben presence=BUSY",
        ),
        ({"cause": Cause.SET, "wanted": "busy"}, "cause_set presence=BUSY"),
        ({"cause": Cause.SET}, "cause_set presence="),
        *(
            ({"cause": cause}, f"cause_{cause}")
            for cause in Cause
            if cause not in {Cause.INPUT, Cause.SET}
        ),
    ],
)
def test_what_caused_a_decision(told: dict[str, Any], text: str) -> None:
    assert cause_text(decision(**told), Keys()) == text


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"overruled": True, "rule": "Desk"}, "effect_overruled rule=Desk"),
        ({"overruled": True, "source": "manual"}, "effect_setting_overruled"),
        ({"source": "manual", "wanted": "busy", "before": "Desk"}, "effect_set presence=BUSY"),
        (
            {"rule": "Desk", "before": "Call", "before_ended": True},
            "effect_after rule=Desk before=Call",
        ),
        ({"rule": "Desk", "before": "Call"}, "effect_over rule=Desk before=Call"),
        ({"rule": "Desk", "before": "Desk", "before_ended": True}, "effect_rule rule=Desk"),
        ({"rule": "Desk"}, "effect_rule rule=Desk"),
        ({"source": "own", "before": "Desk", "before_ended": True}, "effect_ended before=Desk"),
        ({"source": "own", "before": "Desk"}, "effect_own"),
        ({"source": "own"}, "effect_own"),
    ],
)
def test_who_decided_from_then_on(told: dict[str, Any], text: str) -> None:
    assert effect_text(decision(**told), Keys()) == text


async def test_the_past_of_a_person(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    on = decision(
        cause=Cause.INPUT,
        entity_id="light.lamp",
        name="Lamp",
        state="on",
        rule="Desk",
        wanted="busy",
        until=AT + timedelta(hours=1),
    )
    overruled = decision(source="own", overruled=True, set_by="Ben", cause=Cause.CHANGED_BY_HAND)
    asked: list[str] = []

    def past_of(key: str) -> list[PastDecision]:
        asked.append(key)
        return [on, overruled]

    runtime: Any = SimpleNamespace(
        decision_log=SimpleNamespace(history=SimpleNamespace(of=past_of))
    )
    anna: Any = SimpleNamespace(key="anna@example.com", name="Anna")
    assert async_decisions(hass, runtime, anna, Keys()) == {
        "name": "Anna",
        "decisions": [
            {
                "at": "2026-11-02T09:00:00+01:00",
                "wanted": "busy",
                "source": "rule",
                "rule": "Desk",
                "set_aside": False,
                "set_by": None,
                "until": "2026-11-02T10:00:00+01:00",
                "reason": "effect_rule rule=Desk",
                "cause": "cause_input name=Lamp state=ON",
                "cause_entity": "light.lamp",
                "sentence": "Past cause=cause_input name=Lamp state=ON"
                " effect=effect_rule rule=Desk.",
            },
            {
                "at": "2026-11-02T09:00:00+01:00",
                "wanted": None,
                "source": "own",
                "rule": None,
                "set_aside": True,
                "set_by": "Ben",
                "until": None,
                "reason": "effect_setting_overruled",
                "cause": "cause_changed_by_hand",
                "cause_entity": None,
                "sentence": "Past cause=cause_changed_by_hand effect=effect_setting_overruled.",
            },
        ],
    }
    assert asked == ["anna@example.com"]
