"""Decisions, what is to come, and tests of rules, without names, texts and entities.

Names of rules, notes and conditions may tell of people, and so may the ids of entities.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..explanation import async_decisions
from ..rules import async_rule_engine, async_test_rules
from ..runtime import Runtime
from .forecast import async_forecast
from .people import SimulatedPerson

# People whose decisions are told, so that the report stays readable.
MOST_PEOPLE: Final = 25

_DECISION: Final = (
    "at",
    "shown",
    "own",
    "own_activities",
    "source",
    "wanted",
    "since",
    "until",
    "until_expected",
    "set_aside",
    "waiting_until",
    "follows_rules",
    "rules_paused",
    "paused_until",
    "situation",
)
_RULE: Final = ("on", "holds", "wins", "since", "presence", "yields", "priority", "paused")


async def async_decisions_report(
    hass: HomeAssistant, entry_id: str, runtime: Runtime
) -> dict[str, Any]:
    """Return what is decided for the first people by contact, and how the tests of rules end."""
    names = _names_of_rules(hass)
    controlled = runtime.coordinator.controlled.values()
    people = [SimulatedPerson(entry_id, runtime, each) for each in islice(controlled, MOST_PEOPLE)]
    forecasts = await async_forecast(hass, people)
    outcomes = await async_test_rules(hass)
    return {
        "decisions": {
            each.person.contact: {
                **_forecast(forecasts[each.person.contact], names),
                "past": _past(hass, each, names),
            }
            for each in people
        },
        "rule_tests": [
            {"test": f"test_{number}", "passed": not outcome.failures}
            for number, outcome in enumerate(outcomes, 1)
        ],
    }


def _names_of_rules(hass: HomeAssistant) -> dict[str, str]:
    """Return pseudonyms of rules by their names and ids."""
    numbered = enumerate(async_rule_engine(hass).rules, 1)
    return {name: f"rule_{number}" for number, rule in numbered for name in (rule.name, rule.id)}


def _forecast(forecast: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    now = forecast["now"]
    return {
        "now": {
            **_decision(now, names),
            "rules": [
                {
                    "rule": names.get(rule["id"]),
                    **{key: rule[key] for key in _RULE},
                    "not_true": len(rule["not_true"]),
                }
                for rule in now["rules"]
            ],
        },
        "unknown": len(forecast["unknown"]),
        "changes": [
            {**_decision(change, names), "unknown": len(change["unknown"])}
            for change in forecast["changes"]
        ],
    }


def _past(hass: HomeAssistant, person: SimulatedPerson, names: Mapping[str, str]) -> list[Any]:
    told: Any = async_decisions(hass, person.runtime, person.person)["decisions"]
    causes = person.runtime.decision_log.history.of(person.person.key)
    return [
        {**_decision(each, names), "cause": past.cause.value}
        for each, past in zip(told, causes, strict=True)
    ]


def _decision(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    shown = {key: told[key] for key in _DECISION if key in told}
    return {**shown, "rule": names.get(told["rule"], "rule_?") if told["rule"] else None}
