"""Rules that yield to what one another would set: own presence never holds what is set from here.

docs/rules.md, `yields_to`, and "For each person".
"""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from tests.common.asking import use_rules
from tests.common.rules import issues
from tests.common.server import Cup
from tests.common.setting_presence import WRITES
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"

RULE = """
- name: {name}
  people: [anna]
  when: "{{{{ true }}}}"
  presence: {presence}
  yields_to: [{yields_to}]
"""
ITSELF = [("Itself", "busy", "busy")]
EACH_OTHER = [("First", "busy", "away"), ("Second", "away", "busy")]
IN_A_RING = [
    ("First", "busy", "away"),
    ("Second", "away", "vacation"),
    ("Third", "vacation", "busy"),
]


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: getattr(request, "param", True)}


async def use_yielding(hass: HomeAssistant, cup: Cup, rules: list[tuple[str, str, str]]) -> None:
    text = "".join(
        RULE.format(name=name, presence=presence, yields_to=yields_to)
        for name, presence, yields_to in rules
    )
    await use_rules(hass, cup, text)


def winner(hass: HomeAssistant) -> str | None:
    state = hass.states.get(SOURCE)
    assert state is not None
    name: str | None = state.attributes["rule"]
    return name


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("entry_options", [False, True], indirect=True)
@pytest.mark.parametrize("rules", [ITSELF, EACH_OTHER, IN_A_RING])
async def test_what_a_rule_sets_makes_none_yield(
    hass: HomeAssistant,
    cup: Cup,
    freezer: FrozenDateTimeFactory,
    rules: list[tuple[str, str, str]],
) -> None:
    await use_yielding(hass, cup, rules)
    assert winner(hass) == rules[0][0]
    written = cup.asked("PUT", WRITES)
    for _ in range(3):
        await pass_time(freezer, cup, 20)
        assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written
    assert issues(hass).keys().isdisjoint({f"rule_loop_{name.lower()}" for name, *_ in rules})


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("rules", "own", "expected"),
    [
        (ITSELF, "BUSY", (None, "BUSY")),
        (ITSELF, "AWAY", ("Itself", "BUSY")),
        # Of equal priority the first wins that does not yield.
        (EACH_OTHER, "AWAY", ("Second", "AWAY")),
        (EACH_OTHER, "BUSY", ("First", "BUSY")),
        (EACH_OTHER, "AVAILABLE", ("First", "BUSY")),
        (IN_A_RING, "AWAY", ("Second", "AWAY")),
        (IN_A_RING, "VACATION", ("First", "BUSY")),
        (IN_A_RING, "BUSY", ("First", "BUSY")),
    ],
)
async def test_what_the_person_does_makes_a_rule_yield(
    hass: HomeAssistant,
    cup: Cup,
    freezer: FrozenDateTimeFactory,
    rules: list[tuple[str, str, str]],
    own: str,
    expected: tuple[str | None, str],
) -> None:
    await use_yielding(hass, cup, rules)
    await cup.choose("anna", own, manual=False)
    await settled(cup)
    for _ in range(2):
        await pass_time(freezer, cup, 20)
        assert (winner(hass), await cup.presence_of("anna")) == expected
    assert shown(hass, SOURCE) == ("rule" if expected[0] else "own")
