"""The module: whether pages load it, and from which address."""

import hashlib
from typing import Any

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    UrlManager,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.cisco_unified_presence.board.module import MODULE
from custom_components.cisco_unified_presence.const import CONF_BOARD, CONF_CALLBACK, CallbackMode

PATH = "/cisco_unified_presence/presence-board.js"


@pytest.fixture
def loaded_by_pages(hass: HomeAssistant) -> UrlManager:
    """Let Home Assistant have a frontend; return what its pages load."""
    hass.config.components.add("frontend")
    manager = UrlManager(lambda *_: None, [])
    hass.data[DATA_EXTRA_MODULE_URL] = manager
    return manager


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """Open no callback, since no web server runs."""
    return {CONF_CALLBACK: CallbackMode.NONE}


@pytest.fixture
def web_server(loaded_by_pages: UrlManager) -> str:
    """Leave the web server to the test: paths are added before it runs."""
    return ""


async def test_pages_load_what_is_served(
    hass: HomeAssistant,
    loaded_by_pages: UrlManager,
    loaded: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    (url,) = loaded_by_pages.urls
    path, _, version = url.partition("?v=")
    assert (path, len(version)) == (PATH, 16)
    assert hashlib.sha256(MODULE.read_bytes()).hexdigest().startswith(version)
    client = await hass_client_no_auth()
    answer = await client.get(url, headers={"Accept-Encoding": "identity"})
    assert await answer.read() == MODULE.read_bytes()
    assert answer.content_type.endswith("javascript")
    assert "max-age" in answer.headers["Cache-Control"]


async def test_the_option_switches_it_off_and_on(
    hass: HomeAssistant, loaded_by_pages: UrlManager, loaded: MockConfigEntry
) -> None:
    for shown in (False, True):
        hass.config_entries.async_update_entry(
            loaded, options={**loaded.options, CONF_BOARD: shown}
        )
        await hass.async_block_till_done()
        assert len(loaded_by_pages.urls) == shown


async def test_pages_are_told_only_of_what_changes(
    hass: HomeAssistant, loaded_by_pages: UrlManager, loaded: MockConfigEntry
) -> None:
    changes: list[tuple[str, str]] = []
    manager = UrlManager(lambda *change: changes.append(change), [*loaded_by_pages.urls])
    hass.data[DATA_EXTRA_MODULE_URL] = manager
    hass.config_entries.async_update_entry(loaded, title="Main")
    await hass.async_block_till_done()
    assert changes == []


async def test_it_stays_through_a_reload_and_goes_with_the_last_entry(
    hass: HomeAssistant, loaded_by_pages: UrlManager, loaded: MockConfigEntry
) -> None:
    before = loaded_by_pages.urls
    await hass.config_entries.async_reload(loaded.entry_id)
    assert loaded_by_pages.urls == before
    await hass.config_entries.async_set_disabled_by(loaded.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()
    assert not loaded_by_pages.urls


async def test_it_is_there_while_the_server_is_away(
    hass: HomeAssistant, loaded_by_pages: UrlManager, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "port": 1})
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert len(loaded_by_pages.urls) == 1


async def test_a_file_that_is_missing_is_said_and_fails_nothing(
    hass: HomeAssistant,
    loaded_by_pages: UrlManager,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(
        "custom_components.cisco_unified_presence.board.module.MODULE", MODULE / "missing.js"
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert "its file cannot be read" in caplog.text
    assert not loaded_by_pages.urls
    await hass.config_entries.async_unload(entry.entry_id)
