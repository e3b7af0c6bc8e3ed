"""A simulation of now, without other states, says what explain says."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from tests.common.asking import answer, use_rules
from tests.common.server import Cup
from tests.common.waiting import pass_time, settled

pytestmark = pytest.mark.usefixtures("at_eleven")

ROOM = "binary_sensor.room"

RULES = """
- name: Room
  people: [anna, ben]
  when:
    - condition: or
      conditions:
        - {condition: state, entity_id: binary_sensor.room, state: "on", for: "00:02:00"}
        - {condition: numeric_state, entity_id: sensor.level, above: 10}
  presence: busy
  for: "00:01:00"
  hold: "00:03:00"
- name: Work
  people: [anna]
  when:
    - {condition: time, after: "11:05:00", before: "12:00:00"}
    - "{{ not is_state('binary_sensor.room', 'off') }}"
  presence: away
  at_most: "00:04:00"
  priority: 3
- name: Own
  people: [anna]
  when: "{{ states('sensor.level') | float(0) > 20 and person.own != 'busy' }}"
  presence: own
  priority: 9
"""
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(ROOM), st.sampled_from(["on", "off", "unavailable"])),
        st.tuples(st.just("sensor.level"), st.sampled_from(["5", "15", "25", "unknown"])),
        st.tuples(st.just("pass"), st.integers(1, 300)),
    ),
    max_size=12,
)


@given(steps=_STEPS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_simulated_at_now_is_what_is(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, steps: list[tuple[str, Any]]
) -> None:
    hass.states.async_set(ROOM, "off")
    hass.states.async_set("sensor.level", "1")
    await use_rules(hass, cup, RULES)
    for entity_id, value in steps:
        if entity_id == "pass":
            await pass_time(freezer, cup, value)
        else:
            hass.states.async_set(entity_id, value)
            await settled(cup)
        explained: Any = await answer(
            hass, "explain", entity_id=["sensor.anna_presence", "sensor.ben_presence"]
        )
        simulated: Any = await answer(hass, "simulate", people=["anna", "ben"])
        for contact, person in explained["people"].items():
            told = simulated["people"][contact]
            assert {key: told[key] for key in person} == person
            assert told["unknown"] == []
