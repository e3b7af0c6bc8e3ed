"""States that are assumed in the place of the real ones, as users write them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.const import CONF_STATE
from homeassistant.core import State
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

CONF_ATTRIBUTES: Final = "attributes"
_MOST_CHARACTERS: Final = 255


def _state(value: object) -> str:
    if isinstance(value, bool):
        # YAML reads on and off without quotes as this.
        return "on" if value else "off"
    return str(vol.All(cv.string, vol.Length(max=_MOST_CHARACTERS))(value))


def _given(value: object) -> dict[str, Any]:
    """Return a state with its attributes; a text is a state alone."""
    if isinstance(value, Mapping):
        given: dict[str, Any] = _WITH_ATTRIBUTES(dict(value))
        return given
    return {CONF_STATE: _state(value)}


_WITH_ATTRIBUTES = vol.Schema(
    {vol.Required(CONF_STATE): _state, vol.Optional(CONF_ATTRIBUTES): {cv.string: object}}
)

# Each is validated, which takes the loop some 25 µs.
MOST_STATES: Final = 1000

GIVEN_STATES: Final = vol.All(vol.Length(max=MOST_STATES), vol.Schema({cv.entity_id: _given}))


def states_given(
    given: Mapping[str, Mapping[str, Any]],
    state_of: Callable[[str], State | None],
    since: datetime,
) -> dict[str, State]:
    """Return given states as Home Assistant has them.

    Args:
        given: The states by entity id, as GIVEN_STATES returns them.
        state_of: Returns the state that an entity has, whose attributes stay; a state that is the
            same as before has not changed.
        since: Since when the other ones are assumed.
    """
    return {
        entity_id: _state_of(entity_id, each, state_of(entity_id), since)
        for entity_id, each in given.items()
    }


def _state_of(
    entity_id: str, given: Mapping[str, Any], before: State | None, since: datetime
) -> State:
    attributes = {
        **(before.attributes if before else {}),
        **given.get(CONF_ATTRIBUTES, {}),
    }
    changed = before.last_changed if before and before.state == given[CONF_STATE] else since
    return State(entity_id, given[CONF_STATE], attributes, last_changed=changed)
