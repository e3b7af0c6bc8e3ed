"""What Home Assistant shows of an entity."""

from homeassistant.core import HomeAssistant


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state
