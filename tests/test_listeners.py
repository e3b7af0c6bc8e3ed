"""Lists of listeners, and listening to the integration's entries."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryChange
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.listeners import add_listener, async_track_entries


def test_a_listener_is_removed_by_what_its_addition_returns() -> None:
    listeners: list[Callable[[], str]] = []
    remove_first = add_listener(listeners, lambda: "first")
    add_listener(listeners, lambda: "second")
    assert [each() for each in listeners] == ["first", "second"]
    remove_first()
    assert [each() for each in listeners] == ["second"]


async def test_only_entries_of_the_integration_are_listened_to(hass: HomeAssistant) -> None:
    told: list[tuple[ConfigEntryChange, str]] = []
    stop = async_track_entries(hass, lambda change, entry: told.append((change, entry.title)))
    ours = MockConfigEntry(domain=DOMAIN, title="ours")
    for entry in (MockConfigEntry(domain="other", title="other"), ours):
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, options={"board": False})
    assert told == [(ConfigEntryChange.UPDATED, "ours")]
    stop()
    hass.config_entries.async_update_entry(ours, options={})
    assert len(told) == 1
