"""What conditions are now, as values."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.rules.condition_facts import (
    ConditionFact,
    FactKind,
    async_fact_of,
    negated,
)
from custom_components.cisco_unified_presence.rules.condition_inputs import Inputs
from custom_components.cisco_unified_presence.rules.truth import TruthValue

TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
LAMPS = ("light.a", "light.b", "light.c", "light.d")


@pytest.fixture
def since(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> datetime:
    """Since when all entities have their states."""
    for entity_id in LAMPS:
        name = f"Lamp {entity_id[-1].upper()}"
        hass.states.async_set(entity_id, "on", {"friendly_name": name, "brightness": 128})
    hass.states.async_set("zone.home", "0", {"friendly_name": "Home"})
    return dt_util.utcnow()


def fact(
    hass: HomeAssistant, config: dict[str, Any], value: TruthValue = TRUE, *members: str
) -> ConditionFact:
    inputs = Inputs(frozenset(members), members=frozenset(members))
    return async_fact_of(hass, config, inputs, value)


def test_a_state(hass: HomeAssistant, since: datetime) -> None:
    config = {"condition": "state", "entity_id": ["light.a"], "state": ["off", "on"]}
    assert fact(hass, config) == ConditionFact(
        kind=FactKind.STATE,
        value=TRUE,
        name="Lamp A",
        state="on",
        expected=("off", "on"),
        since=since,
    )


def test_the_state_of_no_entity(hass: HomeAssistant) -> None:
    config = {"condition": "state", "entity_id": ["light.gone"], "state": "on"}
    assert fact(hass, config, UNKNOWN) == ConditionFact(
        kind=FactKind.STATE, value=UNKNOWN, name="light.gone", state="missing", expected=("on",)
    )
    found = fact(hass, {**config, "attribute": "brightness"}, UNKNOWN)
    assert (found.kind, found.state) == (FactKind.ATTRIBUTE, "missing")


@pytest.mark.usefixtures("since")
def test_an_attribute(hass: HomeAssistant) -> None:
    config = {
        "condition": "state",
        "entity_id": ["light.a"],
        "attribute": "brightness",
        "state": [128],
    }
    assert fact(hass, config, FALSE) == ConditionFact(
        kind=FactKind.ATTRIBUTE,
        value=FALSE,
        name="Lamp A",
        state="128",
        expected=("128",),
        attribute="brightness",
    )


@pytest.mark.usefixtures("since")
@pytest.mark.parametrize(
    ("bounds", "value", "expected", "state"),
    [
        ({"above": 5.0}, TRUE, ("above 5",), None),
        ({"below": 7.25, "above": 1}, FALSE, ("above 1", "below 7.25"), None),
        ({"above": "light.b"}, UNKNOWN, ("above Lamp B",), "on"),
    ],
)
def test_a_number(
    hass: HomeAssistant,
    bounds: dict[str, Any],
    value: TruthValue,
    expected: tuple[str, ...],
    state: str | None,
) -> None:
    config = {"condition": "numeric_state", "entity_id": ["light.a"], **bounds}
    assert fact(hass, config, value) == ConditionFact(
        kind=FactKind.NUMBER, value=value, name="Lamp A", state=state, expected=expected
    )
    assert fact(hass, {**config, "attribute": "x"}, value).attribute == "x"


@pytest.mark.usefixtures("since")
def test_a_zone(hass: HomeAssistant) -> None:
    options = {"entity_id": ["light.a"], "zone": ["zone.home", "zone.gone"]}
    assert fact(hass, {"condition": "zone", "options": options}) == ConditionFact(
        kind=FactKind.ZONE, value=TRUE, name="Lamp A", expected=("Home", "zone.gone")
    )


@pytest.mark.parametrize("kind", ["time", "template"])
def test_what_is_told_by_its_value_alone(hass: HomeAssistant, kind: str) -> None:
    found = fact(hass, {"condition": kind}, FALSE)
    assert found == ConditionFact(kind=FactKind(kind), value=FALSE)


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, ("Lamp A",)),
        (3, ("Lamp A", "Lamp B", "Lamp C")),
        (4, ("Lamp A", "Lamp B", "Lamp C", "…")),
    ],
)
def test_a_target(hass: HomeAssistant, since: datetime, count: int, names: tuple[str, ...]) -> None:
    config = {"condition": "light.is_on", "target": {}}
    assert fact(hass, config, TRUE, *LAMPS[:count]) == ConditionFact(
        kind=FactKind.TARGET,
        value=TRUE,
        name="light.is_on",
        names=names,
        since=since if count == 1 else None,
    )


def test_only_the_members_of_a_target_are_named(hass: HomeAssistant, since: datetime) -> None:
    both = frozenset(LAMPS[:2])
    config = {"condition": "light.is_on", "target": {}}
    of_one = async_fact_of(hass, config, Inputs(both, members=frozenset(LAMPS[:1])), TRUE)
    assert (of_one.names, of_one.since) == (("Lamp A",), since)
    of_both = async_fact_of(hass, config, Inputs(both), TRUE)
    assert (of_both.names, of_both.since) == (("Lamp A", "Lamp B"), None)


def test_a_target_without_members(hass: HomeAssistant) -> None:
    assert fact(hass, {"condition": "light.is_on", "target": {}}).kind is FactKind.TARGET
    assert fact(hass, {"condition": "sun"}) == ConditionFact(
        kind=FactKind.NAMED, value=TRUE, name="sun"
    )
    assert fact(hass, {"condition": "device"}, TRUE, "light.gone") == ConditionFact(
        kind=FactKind.TARGET, value=TRUE, name="device", names=("light.gone",)
    )


def test_whether_a_fact_is_as_the_rule_needs_it() -> None:
    facts = [ConditionFact(kind=FactKind.TIME, value=value) for value in (TRUE, FALSE, UNKNOWN)]
    assert [each.as_needed for each in facts] == [True, False, False]
    assert [each.as_needed for each in negated(facts)] == [False, True, False]
    assert list(negated(negated(facts))) == facts
