"""A condition in a simulated world: what can be told at another time, and what cannot."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, override

from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.condition import EntityConditionBase
import pytest

from custom_components.cisco_unified_presence.rules.condition_leaf import Leaf
from custom_components.cisco_unified_presence.rules.condition_result import ConditionResult
from custom_components.cisco_unified_presence.rules.simulated import leaf as module
from custom_components.cisco_unified_presence.rules.simulated.leaf import SimulatedLeaf
from custom_components.cisco_unified_presence.rules.simulated.world import World
from custom_components.cisco_unified_presence.rules.truth import TruthValue

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = NOW + 60 * MINUTE
DESK = State("binary_sensor.desk", "on", last_changed=NOW - 2 * MINUTE)
LAMP = State("light.lamp", "on", last_changed=NOW - 9 * MINUTE)


def leaf_of(
    kind: str, world: World | None = None, checker: Any = None, **config: Any
) -> SimulatedLeaf:
    leaf: Any = SimulatedLeaf.__new__(SimulatedLeaf)
    leaf._kind = kind
    leaf._config = {"condition": kind, **config}
    leaf._checker = checker
    leaf._scope = SimpleNamespace(variables={})
    leaf.world = world or World(NOW, NOW)
    states = {each.entity_id: each for each in (DESK, LAMP)}
    leaf._hass = SimpleNamespace(states=SimpleNamespace(get=states.get))
    leaf.inputs = SimpleNamespace(uses_time=False)
    found: SimulatedLeaf = leaf
    return found


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant's own conditions be true."""
    monkeypatch.setattr(Leaf, "_async_is_true", lambda _: True)
    monkeypatch.setattr(module, "is_time", lambda _hass, config, now: (config, now))
    monkeypatch.setattr(module, "is_sun", lambda _hass, options, now: (options, now))
    monkeypatch.setattr(module, "next_of_sun", lambda _hass, options, now: (options, now))


def test_time_and_sun_are_told_for_the_time_of_the_world() -> None:
    world = World(NOW, LATER)
    time: Any = leaf_of("time", world, after="08:00")._async_is_true()
    assert time == ({"condition": "time", "after": "08:00"}, LATER)
    leaf = leaf_of("sun", world, options={"after": "sunset"})
    sun: Any = leaf._async_is_true()
    assert sun == ({"after": "sunset"}, LATER)
    soon: Any = leaf.async_next_moment(NOW)
    assert soon == ({"after": "sunset"}, NOW)


class ByStates(EntityConditionBase):
    """A condition on entities."""

    def __init__(self) -> None:
        """Take no configuration, and have nothing to unload."""
        self._on_unload = []

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return True


OTHER = [
    World(NOW, LATER),
    World(NOW, NOW, given={"light.x": LAMP}),
    World(NOW, NOW, only_given=True),
]


@pytest.mark.parametrize("world", OTHER)
def test_what_cannot_be_told_for_another_time_or_state(world: World) -> None:
    told = "device cannot be told for another time or state"
    with pytest.raises(HomeAssistantError, match=told):
        leaf_of("device", world)._async_is_true()
    assert world.undecided[-1] == told
    states: Any = ByStates()
    assert leaf_of("light.is_on", world, states)._async_is_true() is True
    assert leaf_of("light.is_on", world, states, options=None)._async_is_true() is True
    assert leaf_of("light.is_on", world, states, options={"x": 1})._async_is_true() is True
    with pytest.raises(HomeAssistantError):
        leaf_of("light.is_on", world, states, options={"for": 5})._async_is_true()
    for kind in ("state", "numeric_state", "zone"):
        assert leaf_of(kind, world)._async_is_true() is True


def test_reality_can_be_asked() -> None:
    assert leaf_of("device")._async_is_true() is True
    assert leaf_of("light.is_on", options={"for": 5})._async_is_true() is True


BOTH = [DESK.entity_id, LAMP.entity_id]


@pytest.mark.parametrize(
    ("entities", "minutes", "after", "is_true"),
    [
        (BOTH, 1, 0, True),
        (BOTH, 2, 0, False),
        (BOTH, 2, 0.1, True),
        (BOTH, 5, 0, False),
        ([LAMP.entity_id], 5, 0, True),
        (BOTH, 5, 4, True),
        ([*BOTH, "light.gone"], 1, 0, False),
    ],
)
def test_how_long_a_state_has_stood(
    entities: list[str], minutes: int, after: float, *, is_true: bool
) -> None:
    world = World(NOW, NOW + after * MINUTE)
    config: dict[str, Any] = {"entity_id": entities, "for": minutes * MINUTE}
    assert leaf_of("state", world, **config)._async_is_true() is is_true


def test_a_duration_may_not_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    config: dict[str, Any] = {"entity_id": BOTH, "for": MINUTE}
    leaf = leaf_of("state", **config)
    monkeypatch.setattr(module, "duration_of", lambda _config, _variables: None)
    with pytest.raises(HomeAssistantError, match=r"^its duration is not known$"):
        leaf._async_is_true()
    monkeypatch.setattr(Leaf, "_async_is_true", lambda _: False)
    assert leaf._async_is_true() is False


def test_which_are_polled_each_minute() -> None:
    for kind in ("numeric_state", "state"):
        leaf: Any = leaf_of(kind)
        assert not leaf.polled_each_minute
        leaf.inputs.uses_time = True
        assert leaf.polled_each_minute is (kind == "numeric_state")


def test_what_a_condition_assumes(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(NOW, LATER)
    leaf = leaf_of("state", world)
    assumes = {"light.a"}

    def evaluate(_: object) -> ConditionResult:
        assert world.assumed == set()
        world.assumed |= assumes
        return ConditionResult(TruthValue.TRUE)

    monkeypatch.setattr(Leaf, "async_evaluate", evaluate)
    world.assumed = {"light.before"}
    assert leaf.async_evaluate() == ConditionResult(TruthValue.TRUE)
    assert leaf.assumed == {"light.a"}
    assert world.assumed == {"light.a", "light.before"}
    # What assumes something is not certain.
    world.certain_only = True
    assert leaf.async_evaluate() == ConditionResult(TruthValue.UNKNOWN)
    world.certain_only, assumes = False, set()
    leaf.async_evaluate()
    assert leaf.assumed == frozenset()
    world.certain_only = True
    world.assumed = set()
    assert leaf.async_evaluate() == ConditionResult(TruthValue.TRUE)


@pytest.mark.parametrize(("kind", "without"), [("state", "for"), ("numeric_state", "")])
async def test_a_condition_is_bound_to_the_world(
    monkeypatch: pytest.MonkeyPatch, kind: str, without: str
) -> None:
    made: list[Any] = []

    async def from_config(view: object, checked: dict[str, Any]) -> str:
        made.append(("checker", view, checked))
        return "checker"

    async def primary(view: object, bound: object) -> str:
        made.append(("primary", view, bound))
        return "primary"

    def init(_: object, *args: Any, **more: Any) -> None:
        made.append((*args, more))

    monkeypatch.setattr(module, "async_from_config", from_config)
    monkeypatch.setattr(module, "async_targets_primary_entities_only", primary)
    monkeypatch.setattr(module, "check_of", lambda *of: of)
    monkeypatch.setattr(Leaf, "__init__", init)
    view: Any = "view"
    scope: Any = "scope"
    world = World(NOW, NOW)
    config = {"condition": kind, "enabled": True, "for": MINUTE, "state": "on"}
    leaf = await SimulatedLeaf.async_of(world, view, config, scope)
    assert leaf.world is world
    checked = {key: each for key, each in config.items() if key not in ("enabled", without)}
    assert made[0] == ("checker", "view", checked)
    assert made[1] == ("primary", "view", config)
    told = {"primary_entities_only": "primary"}
    assert made[2] == ("view", config, "checker", (checked, "checker"), "scope", told)
