"""Fixtures: an entry with replaced parts, and the parts of an entry with noted calls."""

from collections.abc import AsyncGenerator, Iterator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import open_session
from custom_components.cisco_unified_presence.rules import RULE_ENGINE, RuleEngine
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.trust import NodeStore
from tests.common.entry import person
from tests.runtime.noted_parts import DATA, ONE, Parts
from tests.runtime.replaced_parts import Replaced


@pytest.fixture
def replaced(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Replaced]:
    replaced = Replaced(hass, monkeypatch)
    freezer.tick(timedelta(seconds=1))
    yield replaced
    replaced.entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


@pytest.fixture
async def parts(hass: HomeAssistant, hass_storage: dict[str, Any]) -> AsyncGenerator[Parts]:
    hass.data[RULE_ENGINE] = RuleEngine(hass)
    people = [person("anna", controlled=True), person("ben")]
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data=DATA, subentries_data=people)
    entry.add_to_hass(hass)
    async with open_session(ONE, ssl_context=None) as session:
        yield Parts(hass, entry, Runtime(hass, entry, session, NodeStore(hass, entry.entry_id)))
    await entry._async_process_on_unload(hass)
