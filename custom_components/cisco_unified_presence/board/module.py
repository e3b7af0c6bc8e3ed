"""Serves the frontend module, and has browsers load it while an entry wants it.

An open page learns nothing of a module that comes or goes; the next page does. The module stays
while a server is away, or the dashboards that use it would show errors.
"""

import hashlib
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN, LOGGER
from ..listeners import async_track_entries
from ..settings import shows_board

# Beside it the same, compressed: Home Assistant sends those to browsers that take them.
MODULE: Final = Path(__file__).parent / "frontend" / "presence-board.js"
MODULE_URL: Final = f"/{DOMAIN}/{MODULE.name}"

FRONTEND: Final = "frontend"


async def async_set_up_module(hass: HomeAssistant) -> None:
    """Serve the module, and have pages load it while an enabled entry's options say so.

    Without the frontend, as in a Home Assistant that is only an API, nothing is done.
    """
    if FRONTEND not in hass.config.components:
        return
    await hass.http.async_register_static_paths(
        [StaticPathConfig(MODULE_URL, str(MODULE), cache_headers=True)]
    )
    try:
        url = await hass.async_add_executor_job(_versioned_url)
    except OSError as error:
        LOGGER.error("The board cannot be shown, since its file cannot be read: %s", error)
        return
    module = _Module(hass, url)
    module.async_update()

    async_track_entries(hass, lambda _change, _entry: module.async_update())


class _Module:
    """Whether pages load the module, which follows the entries and their options."""

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        self._hass = hass
        self._url = url
        self._is_added = False

    @callback
    def async_update(self) -> None:
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        is_wanted = any(shows_board(entry.options) for entry in entries)
        if is_wanted is self._is_added:
            return
        change = add_extra_js_url if is_wanted else remove_extra_js_url
        change(self._hass, self._url)
        self._is_added = is_wanted


def _versioned_url() -> str:
    """Return the address with a hash of the content, since browsers store it for a month.

    Raises:
        OSError: The file cannot be read.
    """
    digest = hashlib.sha256(MODULE.read_bytes()).hexdigest()[:16]
    return f"{MODULE_URL}?v={digest}"
